#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""inventory.py BUILT STAGE: what is in a bundle, besides what cmake --install puts there.

BUILT is the swmgmt-built.json of a build. Writes to STAGE/share/doc/swmgmt the licences of
everything that was compiled into the archive, and swmgmt.spdx.json (SPDX 2.3), dated
SOURCE_DATE_EPOCH.
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROJECT = "swmgmt"
LICENCE_NAMES = ("LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")
# Where toolchains keep the notices of Rust's own libraries: rustup's, Debian's.
RUST_NOTICES = ("share/doc/rust/COPYRIGHT-library.html", "share/doc/rust/licenses",
                "share/doc/rustc-web/copyright", "share/doc/rustc/copyright")


def crates(built):
    """The project and every crate that it compiles in, by cargo's own account."""
    metadata = json.loads(subprocess.check_output(
        [built["cargo"], "metadata", "--locked", "--format-version", "1",
         "--filter-platform", built["target"], "--manifest-path", ROOT / "Cargo.toml"],
        env={**os.environ, "RUSTC": built["rustc"]}))
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    reached, waiting = set(), [metadata["resolve"]["root"]]
    while waiting:
        package = waiting.pop()
        if package not in reached:
            reached.add(package)
            waiting += [dep["pkg"] for dep in nodes[package]["deps"]
                        if any(kind["kind"] is None for kind in dep["dep_kinds"])]
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(entry["name"], entry["version"]): entry.get("checksum") for entry in lock["package"]}
    return [{
        "name": package["name"],
        "version": package["version"],
        "licence": package["license"].replace("/", " OR "),
        "checksum": checksums[package["name"], package["version"]],
        "folder": pathlib.Path(package["manifest_path"]).parent,
    } for package in sorted(metadata["packages"], key=lambda package: package["name"])
        if package["id"] in reached]


def rust(built):
    """Rust's own libraries in the archive. On bare metal compiler_builtins was taken out."""
    about = subprocess.check_output([built["rustc"], "-vV"], text=True)
    version = next(line.split(": ")[1] for line in about.splitlines() if line.startswith("release: "))
    libraries = [("core", "MIT OR Apache-2.0")]
    if "-none-" not in built["target"]:
        libraries.append(("compiler_builtins",
                          "MIT AND Apache-2.0 WITH LLVM-exception AND (MIT OR Apache-2.0)"))
    return [{"name": f"rust-{name}", "version": version, "licence": licence, "checksum": None}
            for name, licence in libraries]


def copy_licences(folder, to, names):
    found = 0
    for name in names:
        source = folder / name
        if source.is_dir():
            shutil.copytree(source, to / source.name)
        elif source.is_file():
            to.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, to / source.name)
        found += source.exists()
    if not found:
        sys.exit(f"inventory.py: no licence was found in {folder}")


def spdx(built, packages, archive, epoch):
    """The bill of materials; its name space depends on nothing but its content."""
    digest = {name: hashlib.new(name, archive).hexdigest() for name in ("sha1", "sha256")}
    document = f"{PROJECT}-{built['version']}-{built['target']}"
    identity = {package["name"]: "SPDXRef-" + package["name"].replace("_", "-") for package in packages}
    # Which code this is: that of a verification code over one file.
    code = hashlib.sha1(digest["sha1"].encode()).hexdigest()

    def entry(package):
        ours = package["name"] == PROJECT
        result = {
            "SPDXID": identity[package["name"]],
            "name": package["name"],
            "versionInfo": package["version"],
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": ours,
            "licenseConcluded": package["licence"],
            "licenseDeclared": package["licence"],
            "copyrightText": "NOASSERTION",
        }
        if ours:
            result["packageVerificationCode"] = {"packageVerificationCodeValue": code}
            result["licenseInfoFromFiles"] = ["NOASSERTION"]
        if package["checksum"]:
            result["checksums"] = [{"algorithm": "SHA256", "checksumValue": package["checksum"]}]
            result["externalRefs"] = [{
                "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                "referenceLocator": f"pkg:cargo/{package['name']}@{package['version']}"}]
        return result

    ours = identity[PROJECT]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": document,
        "documentNamespace": f"https://spdx.org/spdxdocs/{document}-{digest['sha256']}",
        "creationInfo": {
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
            "creators": [f"Tool: {PROJECT}-inventory"],
        },
        "packages": [entry(package) for package in packages],
        "files": [{
            "SPDXID": "SPDXRef-archive",
            "fileName": "./lib/libswmgmt.a",
            "fileTypes": ["ARCHIVE"],
            "checksums": [{"algorithm": name.upper(), "checksumValue": value}
                          for name, value in digest.items()],
            "licenseConcluded": "NOASSERTION",
            "licenseInfoInFiles": ["NOASSERTION"],
            "copyrightText": "NOASSERTION",
        }],
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": ours},
            {"spdxElementId": ours, "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-archive"},
        ] + [
            {"spdxElementId": ours, "relationshipType": "STATIC_LINK", "relatedSpdxElement": identity[package["name"]]}
            for package in packages if package["name"] != PROJECT
        ],
    }


def main():
    built = json.loads(pathlib.Path(sys.argv[1]).read_text())
    stage = pathlib.Path(sys.argv[2])
    documents = stage / "share/doc/swmgmt"
    ours = crates(built)
    theirs = rust(built)
    for crate in ours:
        if crate["name"] != PROJECT: # whose licences are installed with it
            names = [path.name for path in crate["folder"].iterdir() if path.name.upper().startswith(LICENCE_NAMES)]
            copy_licences(crate["folder"], documents / "licences" / f"{crate['name']}-{crate['version']}", names)
    copy_licences(pathlib.Path(built["sysroot"]), documents / "licences" / f"rust-{theirs[0]['version']}", RUST_NOTICES)
    bill = spdx(built, ours + theirs, (stage / "lib/libswmgmt.a").read_bytes(), int(os.environ["SOURCE_DATE_EPOCH"]))
    (documents / "swmgmt.spdx.json").write_text(json.dumps(bill, indent=1) + "\n")


main()
