# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Images that imgtool makes and no device takes."""
import pytest

from desk import imgtool

BODY = b"\x00\xbf" * 2000

# Key, options, whether imgtool finds it good with that key, what a device shows; why.
REFUSED = {
    # A device stores what it is sent, and a package ends where it says it does: all that is
    # behind it would be signed by nobody. The boot loader's trailer is not for the package.
    "pad": ("ed25519", ["--pad"], True, "53:integrity"),
    "confirm": ("ed25519", ["--confirm"], True, "53:integrity"),
    "test": ("p256", ["--test", "--align", "8"], True, "53:integrity"),
    "pad, not signed": (None, ["--pad", "--overwrite-only"], True, "53:integrity"),
    # Other proofs than the device has.
    "rsa": ("rsa", [], True, "54:type"),
    "pure": ("ed25519", ["--pure"], True, "54:type"),
    "sha384": (None, ["--sha", "384"], True, "54:type"),
    "sha512": (None, ["--sha", "512"], True, "54:type"),
    "ed25519 with sha512": ("ed25519", ["--sha", "512"], True, "54:type"),
    "key in full": ("ed25519", ["--public-key-format", "full"], True, "54:type"),
    "p256 in full": ("p256", ["--public-key-format", "full"], True, "54:type"),
    # Bytes that are not those that run.
    "encrypted": ("p256", ["-E", "p256"], False, "54:type"),
    "encrypted with 256 bits": ("p256", ["-E", "p256", "--encrypt-keylen", "256"], False, "54:type"),
    "encrypted later": ("p256", ["-E", "p256", "--clear"], True, "54:type"),
    "compressed": ("ed25519", ["--compression", "lzma2"], True, "54:type"),
    "compressed Thumb": ("ed25519", ["--compression", "lzma2armthumb"], True, "54:type"),
    # Types that MCUboot keeps for itself.
    "reserved": ("ed25519", ["--custom-tlv", "0x0140", "word"], True, "54:type"),
    "reserved, near": ("ed25519", ["--custom-tlv", "0x019f", "word"], True, "54:type"),
    "big-endian": ("ed25519", ["-e", "big"], False, "54:type"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_device_does_not_take(desk, counts, name):
    key, options, theirs, ours = REFUSED[name]
    options = [desk.public(word) if word == "p256" else word for word in options]
    data = desk.make(BODY, *options, key=key)
    assert desk.theirs(data, key) == theirs
    assert desk.ours(data) == ours
    if key in ("ed25519", "p256"):
        assert desk.ours(data, key) == ours
    counts["verdicts that differ for a reason: refused here, good for imgtool" if theirs else
           "verdicts on images as they were made, in which both agree"] += 1


def test_more_dependencies_than_there_is_room_for(desk):
    data = desk.make(BODY, "-d", ",".join(f"({n},1.0.0)" for n in range(26)), key="p256")
    assert desk.ours(data, "p256", "--room", 512) == ""
    more = desk.make(BODY, "-d", ",".join(f"({n},1.0.0)" for n in range(27)), key="p256")
    assert desk.ours(more, "p256", "--room", 512) == "51:memory"


def test_the_file_of_an_image_in_hex_is_none(desk):
    made, source = desk.folder / "made.hex", desk.write(BODY, "body.bin")
    assert imgtool("sign", "-H", 32, "-S", "0x20000", "-v", "1", "--pad-header", "-x", "0x1000", source, made)
    assert desk.ours(made.read_bytes()) == "54:type"
