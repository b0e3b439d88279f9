// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Who imports whom in src/: only from rooms named before one's own, and in no circle.
//!
//! An import is a path that the source names, in `use` or anywhere else: `crate::a::B`,
//! `super::b::f()`, `self::c::D`, `c::D` of a child. It leads to the file of the module that
//! has the item; a name that a module only passes on (`pub use`) leads on to where it is
//! from. Tests import what they like: what is under `#[cfg(test)]`, `tests.rs` and
//! `*_tests.rs`. Methods are not seen: who calls one of a type that another file adds to
//! (`impl`) names nothing.
//!
//! Circles are looked for among what lies side by side in a folder, each with all that is
//! beneath it. A parent (`mod.rs`) does not lie beside its children: it declares them, and
//! they and it may know each other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// Each imports only from those before it, and from itself. `lib.rs` stands above them.
const ROOMS: [&str; 11] =
    ["object", "machine", "record", "transfer", "verify", "payload", "coap", "core", "parts", "ffi", "posix"];

// --- words of a source ------------------------------------------------------------------

/// Identifiers, `::`, and single characters; no comments, and of literals only their kind.
fn words(text: &str) -> Vec<String> {
    let c: Vec<char> = text.chars().collect();
    let is = |at: usize, wanted: &str| c[at..].iter().take(wanted.len()).copied().eq(wanted.chars());
    let (mut found, mut at) = (Vec::new(), 0);
    while at < c.len() {
        let start = at;
        if is(at, "//") {
            while at < c.len() && c[at] != '\n' {
                at += 1;
            }
        } else if is(at, "/*") {
            let mut depth = 0;
            loop {
                if is(at, "/*") {
                    depth += 1;
                    at += 2;
                } else if is(at, "*/") {
                    depth -= 1;
                    at += 2;
                } else {
                    at += 1;
                }
                if depth == 0 || at >= c.len() {
                    break;
                }
            }
        } else if let Some(end) = raw_string(&c, at) {
            at = end;
            found.push("\"".into());
        } else if c[at] == '"' {
            at += 1;
            while at < c.len() && c[at] != '"' {
                at += if c[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
            found.push("\"".into());
        } else if c[at] == '\'' && (c.get(at + 1) == Some(&'\\') || c.get(at + 2) == Some(&'\'')) {
            at += if c[at + 1] == '\\' { 3 } else { 2 };
            while at < c.len() && c[at] != '\'' {
                at += 1;
            }
            at += 1;
        } else if c[at].is_alphanumeric() || c[at] == '_' || c[at] == '\'' {
            at += 1;
            while at < c.len() && (c[at].is_alphanumeric() || c[at] == '_') {
                at += 1;
            }
            found.push(c[start..at].iter().collect()); // a lifetime keeps its quote
        } else if is(at, "::") {
            at += 2;
            found.push("::".into());
        } else {
            at += 1;
            if !c[start].is_whitespace() {
                found.push(c[start].into());
            }
        }
    }
    found
}

/// The end of r"...", r#"..."#, br"...", cr"..." that begins here.
fn raw_string(c: &[char], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|before| c.get(before));
    if before.is_some_and(|b| b.is_alphanumeric() || *b == '_') {
        return None;
    }
    let r = at + usize::from(matches!(c[at], 'b' | 'c'));
    let hashes = c.get(r + 1..)?.iter().take_while(|x| **x == '#').count();
    if c.get(r) != Some(&'r') || c.get(r + 1 + hashes) != Some(&'"') {
        return None;
    }
    let mut end = r + 2 + hashes;
    while end < c.len()
        && !(c[end] == '"' && c[end + 1..].iter().take(hashes).filter(|x| **x == '#').count() == hashes)
    {
        end += 1;
    }
    Some(end + 1 + hashes)
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Behind the bracket that closes the one at `at`.
fn behind(words: &[String], mut at: usize) -> usize {
    let mut depth = 0;
    while at < words.len() {
        match words[at].as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Behind the item at `at`: its `;`, or the block that ends it.
fn behind_item(words: &[String], mut at: usize) -> usize {
    while at < words.len() {
        match words[at].as_str() {
            ";" => return at + 1,
            "{" => {
                at = behind(words, at);
                match words.get(at).map(String::as_str) {
                    Some(";") => return at + 1,
                    Some("." | "else" | "?" | ")") => {}
                    _ => return at,
                }
            }
            "(" | "[" => at = behind(words, at),
            "}" => return at, // the last expression of a block
            _ => at += 1,
        }
    }
    at
}

/// Whether the attribute is `cfg(test)` or `cfg(all(test, ...))`.
fn is_of_tests(attribute: &[String]) -> bool {
    let text: String = attribute.concat();
    text.starts_with("[cfg(test)") || text.starts_with("[cfg(all(") && attribute.iter().any(|w| w == "test")
}

// --- modules ----------------------------------------------------------------------------

type Name = Vec<String>; // of a module, from the crate down

#[derive(Default)]
struct Module {
    file: String,
    children: BTreeSet<String>,
    items: BTreeSet<String>,
    /// What `use` brings in: name, path; "*" of everything.
    imported: Vec<(String, Name)>,
    /// Every path that is named, as it is written.
    named: Vec<Name>,
}

#[derive(Default)]
struct Crate {
    modules: BTreeMap<Name, Module>,
}

fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| {
        matches!(part, "tests" | "tests.rs") || part.ends_with("_tests") || part.ends_with("_tests.rs")
    })
}

impl Crate {
    /// Of the files of src/ (`core/push.rs`) and their texts.
    fn new(files: &BTreeMap<String, String>) -> Self {
        let mut this = Self::default();
        this.file(files, "lib.rs", Vec::new());
        this
    }

    fn file(&mut self, files: &BTreeMap<String, String>, path: &str, name: Name) {
        let words = words(&files[path]);
        self.module(files, path, name, &words);
    }

    fn module(&mut self, files: &BTreeMap<String, String>, path: &str, name: Name, words: &[String]) {
        let mut module = Module { file: path.into(), ..Module::default() };
        let mut below = Vec::new();
        let (mut at, mut depth) = (0, 0usize);
        while at < words.len() {
            let word = words[at].as_str();
            let next = words.get(at + 1).map_or("", String::as_str);
            if word == "#" && next == "[" {
                let end = behind(words, at + 1);
                at = if is_of_tests(&words[at + 1..end]) { behind_item(words, end) } else { end };
            } else if word == "mod" && is_name(next) && depth == 0 {
                let end = behind_item(words, at);
                module.children.insert(next.into());
                let inline = words[at + 2] == "{";
                below.push((next.to_string(), inline.then(|| &words[at + 3..end - 1])));
                at = end;
            } else if word == "use" && next != "<" {
                let end = words[at..].iter().position(|w| w == ";").map_or(words.len(), |n| at + n);
                let mut leaves = Vec::new();
                tree(&words[at + 1..end], &mut Vec::new(), &mut leaves);
                for (alias, leaf) in leaves {
                    module.named.push(leaf.clone());
                    if depth == 0 {
                        module.imported.push((alias, leaf));
                    }
                }
                at = end;
            } else if word == "pub" && next == "(" {
                at = behind(words, at + 1);
            } else if is_name(word) && next == "::" && (at == 0 || words[at - 1] != "::") {
                let mut of = vec![word.to_string()];
                while words.get(at + 1).is_some_and(|w| w == "::")
                    && words.get(at + 2).is_some_and(|w| is_name(w))
                {
                    of.push(words[at + 2].clone());
                    at += 2;
                }
                module.named.push(of);
                at += 1;
            } else {
                match word {
                    "{" => depth += 1,
                    "}" => depth = depth.saturating_sub(1),
                    "fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static"
                        if depth == 0 =>
                    {
                        module.items.insert(next.into());
                    }
                    _ => {}
                }
                at += 1;
            }
        }
        for (child, inline) in below {
            let of = [&name[..], std::slice::from_ref(&child)].concat();
            match inline {
                Some(inside) => self.module(files, path, of, inside),
                None => {
                    let folder = of.join("/");
                    let mut places = [format!("{folder}.rs"), format!("{folder}/mod.rs")].into_iter();
                    match places.find(|place| files.contains_key(place)) {
                        Some(place) if is_test_file(&place) => {}
                        Some(place) => self.file(files, &place, of),
                        None => panic!("{path}: where is mod {child}?"),
                    }
                }
            }
        }
        self.modules.insert(name, module);
    }

    /// The module in which a path leads, from `here`; None: out of the crate.
    fn resolve(&self, here: &Name, path: &[String], patience: u32) -> Option<Name> {
        let (first, rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => here.clone(),
            "super" => here[..here.len().checked_sub(1)?].to_vec(),
            _ => return self.within(here, path, patience, true),
        };
        let mut rest = rest;
        while rest.first().is_some_and(|w| w == "super") {
            at.pop()?;
            rest = &rest[1..];
        }
        self.within(&at, rest, patience, false)
    }

    /// Of a path that begins in a module. `bare`: without `self::`, which may be another crate's.
    fn within(&self, at: &Name, path: &[String], patience: u32, bare: bool) -> Option<Name> {
        let module = self.modules.get(at)?;
        let Some((first, rest)) = path.split_first() else { return Some(at.clone()) };
        let child = [&at[..], std::slice::from_ref(first)].concat();
        if self.modules.contains_key(&child) {
            return self.within(&child, rest, patience, false);
        }
        if patience == 0 || first == "*" {
            return Some(at.clone());
        }
        if let Some((_, from)) = module.imported.iter().find(|(name, from)| name == first && from != path) {
            let from = [&from[..], rest].concat();
            return self.resolve(at, &from, patience - 1);
        }
        if module.items.contains(first) {
            return Some(at.clone());
        }
        for (_, from) in module.imported.iter().filter(|(name, _)| name == "*") {
            let target = self.resolve(at, &from[..from.len() - 1], patience - 1);
            if let Some(target) = target.filter(|target| target != at && self.has(target, first)) {
                return self.within(&target, path, patience - 1, false);
            }
        }
        if bare {
            None
        } else {
            Some(at.clone()) // what a macro has made, or a variant
        }
    }

    fn has(&self, at: &Name, name: &str) -> bool {
        let module = &self.modules[at];
        module.items.contains(name)
            || module.children.contains(name)
            || module.imported.iter().any(|(n, _)| n == name)
    }

    /// (file, file that it imports from)
    fn imports(&self) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        for (name, module) in &self.modules {
            for path in &module.named {
                if let Some(target) = self.resolve(name, path, 8) {
                    let file = &self.modules[&target].file;
                    if *file != module.file {
                        found.insert((module.file.clone(), file.clone()));
                    }
                }
            }
        }
        found
    }
}

/// The leaves of what follows `use`: the name that each brings in, and its path.
fn tree(words: &[String], before: &mut Name, leaves: &mut Vec<(String, Name)>) {
    let (depth, mut at) = (before.len(), 0);
    while at < words.len() {
        match words[at].as_str() {
            "{" => {
                let end = behind(words, at);
                let inside = &words[at + 1..end - 1];
                let mut start = 0;
                while start < inside.len() {
                    let mut comma = start;
                    while comma < inside.len() && inside[comma] != "," {
                        comma = if inside[comma] == "{" { behind(inside, comma) } else { comma + 1 };
                    }
                    tree(&inside[start..comma], before, leaves);
                    start = comma + 1;
                }
                before.truncate(depth);
                return;
            }
            "::" => at += 1,
            "as" => break,
            "self" if depth > 0 => at += 1, // the module itself
            word => {
                before.push(word.into());
                at += 1;
            }
        }
    }
    let alias = if words.get(at).is_some_and(|w| w == "as") { words.get(at + 1) } else { before.last() };
    if let Some(alias) = alias {
        leaves.push((alias.clone(), before.clone()));
    }
    before.truncate(depth);
}

// --- rooms and circles ------------------------------------------------------------------

/// `core/push.rs` lies in `core`; `machine.rs` is one.
fn room(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

/// What lies side by side in each folder, and who of it imports from whom.
fn folders(imports: &BTreeSet<(String, String)>) -> BTreeMap<String, BTreeSet<(String, String)>> {
    let mut found: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for (from, to) in imports {
        let [a, b] = [from, to]
            .map(|file| file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect::<Vec<_>>());
        let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
        // One of them is the parent of the other, or above it: no neighbours.
        if same < a.len() && same < b.len() && a != ["lib"] && b != ["lib"] {
            let edge = (a[same].to_string(), b[same].to_string());
            found.entry(a[..same].join("/")).or_default().insert(edge);
        }
    }
    found
}

/// The circles: sets of those that all lead to each other.
fn circles(edges: &BTreeSet<(String, String)>) -> Vec<BTreeSet<String>> {
    let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in edges {
        reach.entry(from).or_default().insert(to);
    }
    loop {
        let before: usize = reach.values().map(BTreeSet::len).sum();
        for from in reach.keys().copied().collect::<Vec<_>>() {
            let more: BTreeSet<&str> =
                reach[from].iter().filter_map(|to| reach.get(to)).flatten().copied().collect();
            reach.get_mut(from).unwrap().extend(more);
        }
        if reach.values().map(BTreeSet::len).sum::<usize>() == before {
            break;
        }
    }
    let leads = |a: &str, b: &str| reach.get(a).is_some_and(|to| to.contains(b));
    let found: BTreeSet<BTreeSet<String>> = reach
        .keys()
        .filter(|a| leads(a, a))
        .map(|a| reach.keys().filter(|b| leads(a, b) && leads(b, a)).map(ToString::to_string).collect())
        .collect();
    found.into_iter().collect()
}

/// A table of who imports from whom, the circles, and what is against the order.
fn report(files: &BTreeMap<String, String>, order: &[&str]) -> (String, bool) {
    let imports = Crate::new(files).imports();
    let place = |name: &str| order.iter().position(|o| *o == name);
    let (mut text, mut wrong) = (String::from("| room | imports from |\n|---|---|\n"), Vec::new());
    let mut rooms: Vec<&str> =
        files.keys().filter(|f| *f != "lib.rs" && !is_test_file(f)).map(|f| room(f)).collect();
    rooms.sort_by_key(|name| (place(name).unwrap_or(order.len()), *name));
    rooms.dedup();
    for name in rooms {
        let of: BTreeSet<&str> =
            imports.iter().filter(|(from, _)| room(from) == name).map(|(_, to)| room(to)).collect();
        let mut of: Vec<&str> = of.into_iter().filter(|to| *to != name && *to != "lib").collect();
        of.sort_by_key(|to| place(to).unwrap_or(order.len()));
        writeln!(text, "| {name} | {} |", of.join(", ")).unwrap();
        if place(name).is_none() {
            wrong.push(format!("{name}: no room of that name; there are: {}", order.join(", ")));
        }
    }
    for (from, to) in &imports {
        if let (Some(own), Some(other)) = (place(room(from)), place(room(to))) {
            if other > own {
                wrong.push(format!("{from} imports from {to}: {} comes after {}", room(to), room(from)));
            }
        }
    }
    let mut count = 0;
    let mut listed = String::new();
    for (folder, edges) in folders(&imports) {
        for circle in circles(&edges) {
            count += 1;
            let members = Vec::from_iter(&circle);
            writeln!(
                listed,
                "circle of {} in src/{folder}: {}",
                circle.len(),
                members.iter().map(|m| m.as_str()).collect::<Vec<_>>().join(", ")
            )
            .unwrap();
            for (from, to) in edges.iter().filter(|(from, to)| circle.contains(from) && circle.contains(to)) {
                writeln!(listed, "    {from} -> {to}").unwrap();
            }
        }
    }
    write!(text, "\n{count} circles, {} imports against the order of rooms\n{listed}", wrong.len()).unwrap();
    for line in &wrong {
        writeln!(text, "{line}").unwrap();
    }
    (text, count == 0 && wrong.is_empty())
}

fn read(folder: &Path, under: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{under}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &format!("{name}/"), files);
        } else if name.ends_with(".rs") {
            files.insert(name, std::fs::read_to_string(entry.path()).unwrap());
        }
    }
}

/// scripts/test.sh prints the table, from where cargo lets tests put files.
#[test]
fn src_has_no_circle_and_keeps_the_order_of_rooms() {
    let mut files = BTreeMap::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    let (text, good) = report(&files, &ROOMS);
    println!("{text}");
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("rooms.md"), &text).unwrap();
    assert!(good, "src/ has import circles, or imports against the order of rooms");
}

// --- of this test itself, on small sources ------------------------------------------------

fn sources(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
}

/// The imports, as "a.rs -> b.rs".
fn imports(of: &[(&str, &str)]) -> Vec<String> {
    Crate::new(&sources(of)).imports().iter().map(|(from, to)| format!("{from} -> {to}")).collect()
}

const LIB: (&str, &str) = ("lib.rs", "pub mod a; pub mod b;");
const B: (&str, &str) =
    ("b/mod.rs", "pub mod c; mod d; pub use d::Passed; pub use d::inner::*; pub struct Own;");
const C: (&str, &str) = ("b/c.rs", "pub struct C; pub fn f() {}");
const D: (&str, &str) = ("b/d.rs", "pub struct Passed; pub mod inner { pub struct All; }");

/// What a source of module `a` imports.
fn of_a(text: &str) -> Vec<String> {
    let found = imports(&[LIB, ("a.rs", text), B, C, D]);
    found.iter().filter_map(|line| line.strip_prefix("a.rs -> ")).map(str::to_string).collect()
}

#[test]
fn paths_lead_to_the_file_of_the_item() {
    assert_eq!(of_a("use crate::b::c::C;"), ["b/c.rs"]);
    assert_eq!(of_a("use crate::b::{c::{self, C}, Own};"), ["b/c.rs", "b/mod.rs"]);
    assert_eq!(of_a("use super::b::c as other;"), ["b/c.rs"]);
    assert_eq!(of_a("use crate::b::Own as Other;"), ["b/mod.rs"]);
    assert_eq!(of_a("use crate::b::*;"), ["b/mod.rs"]);
    assert_eq!(of_a("fn g() -> bool { crate::b::c::f() }"), ["b/c.rs"]);
    assert_eq!(of_a("fn g() { use crate::b::c; c::f() }"), ["b/c.rs"]);
    assert_eq!(of_a("use crate::b; fn g() { b::c::f() }"), ["b/c.rs", "b/mod.rs"]);
    assert_eq!(of_a("fn g(x: &<crate::b::Own as T>::U, y: Vec<super::b::c::C>) {}"), ["b/c.rs", "b/mod.rs"]);
    assert_eq!(of_a("pub mod inline { use super::super::b::c::C; }"), ["b/c.rs"]);
    assert_eq!(of_a("mod inline { fn g() { super::own() } } fn own() { inline::g(); self::own() }"), [""; 0]);
}

#[test]
fn what_a_module_passes_on_leads_to_where_it_is_from() {
    assert_eq!(of_a("use crate::b::Passed;"), ["b/d.rs"]);
    assert_eq!(of_a("use crate::b::All;"), ["b/d.rs"]);
    let found = imports(&[LIB, ("a.rs", ""), B, ("b/c.rs", "use super::{Own, Passed};"), D]);
    assert_eq!(found, ["b/c.rs -> b/d.rs", "b/c.rs -> b/mod.rs", "b/mod.rs -> b/d.rs"]);
}

#[test]
fn what_is_no_import() {
    assert_eq!(
        of_a("// crate::b::Own\n/* crate::b::Own /* */ crate::b::Own */ /// [`crate::b::Own`]"),
        [""; 0]
    );
    assert_eq!(
        of_a(r##"const A: &str = "\"crate::b::Own"; const R: &str = r#"" crate::b::Own"#;"##),
        [""; 0]
    );
    assert_eq!(
        of_a("use core::mem; use heapless::Vec; fn g<'a>(c: char) -> Kind { Kind::A; u8::MAX }"),
        [""; 0]
    );
    assert_eq!(
        of_a("pub(in crate::b) fn g() {} pub(crate) struct S; pub(super) const B: u8 = b'\\'';"),
        [""; 0]
    );
    assert_eq!(of_a("fn g<'a>() -> impl T + use<'a> { crate::b::c::f() }"), ["b/c.rs"]);
    // A quote, an escape and a lifetime do not swallow what follows.
    assert_eq!(
        of_a("fn g<'a>(x: &'a u8) { h('\"', '\\'', '\\u{41}', \"'\"); crate::b::c::f() }"),
        ["b/c.rs"]
    );
}

#[test]
fn tests_import_what_they_like() {
    assert_eq!(of_a("#[cfg(test)] mod tests { use crate::b::Own; }"), [""; 0]);
    assert_eq!(
        of_a("#[cfg(test)]\n#[allow(x)]\nmod tests { use crate::b::Own; }\nuse crate::b::c::C;"),
        ["b/c.rs"]
    );
    assert_eq!(of_a("#[cfg(test)] use crate::b::{Own}; use crate::b::c::C;"), ["b/c.rs"]);
    assert_eq!(
        of_a("#[cfg(all(test, feature = \"x\"))] fn g(_: [u8; 2]) { crate::b::Own } use crate::b::c::C;"),
        ["b/c.rs"]
    );
    assert_eq!(of_a("#[cfg(not(test))] use crate::b::Own;"), ["b/mod.rs"]);
    let found = imports(&[
        LIB,
        ("a.rs", "mod a_tests; mod tests;"),
        B,
        C,
        D,
        ("a/a_tests.rs", "use crate::b::Own;"),
        ("a/tests.rs", "use crate::b::c::C;"),
    ]);
    assert_eq!(found, ["b/mod.rs -> b/d.rs"]);
}

fn judged(of: &[(&str, &str)]) -> (String, bool) {
    report(&sources(of), &["a", "b"])
}

#[test]
fn a_room_imports_only_from_those_before_it() {
    let quiet = ("b/c.rs", "");
    let downwards = [LIB, ("a.rs", "pub struct A;"), B, ("b/c.rs", "use crate::a::A;"), D];
    let (text, good) = judged(&downwards);
    assert!(good, "{text}");
    assert_eq!(text, "| room | imports from |\n|---|---|\n| a |  |\n| b | a |\n\n0 circles, 0 imports against the order of rooms\n");
    let (text, good) = judged(&[LIB, ("a.rs", "use crate::b::Passed;"), B, quiet, D]);
    assert!(
        !good
            && text.contains("0 circles, 1 imports")
            && text.contains("a.rs imports from b/d.rs: b comes after a"),
        "{text}"
    );
    let (text, good) = judged(&[("lib.rs", "mod z;"), ("z.rs", "")]);
    assert!(!good && text.contains("z: no room of that name; there are: a, b"), "{text}");
    // Two rooms that know each other are also a circle.
    let (text, good) = judged(&[LIB, ("a.rs", "use crate::b::Own;"), B, ("b/c.rs", "use crate::a;"), D]);
    assert!(
        !good && text.contains("1 circles, 1 imports") && text.contains("circle of 2 in src/: a, b"),
        "{text}"
    );
}

#[test]
fn files_of_a_room_are_in_no_circle() {
    let b = ("b/mod.rs", "mod c; mod d; mod e; pub struct Shared; pub use e::E; fn g() { c::f(); d::f() }");
    let quiet = [LIB, ("a.rs", ""), b, ("b/e.rs", "use super::Shared; pub struct E;")];
    let with = |c, d| judged(&[&quiet[..], &[("b/c.rs", c), ("b/d.rs", d)]].concat());
    // A parent and its children may know each other, and children one way.
    let (text, good) = with("use super::{d::D, Shared, E};", "use super::{Shared, E};");
    assert!(good, "{text}");
    let (text, good) = with("use super::d::D;", "fn g() { super::c::f() }");
    assert!(!good && text.contains("1 circles, 0 imports"), "{text}");
    assert!(text.contains("circle of 2 in src/b: c, d\n    c -> d\n    d -> c\n"), "{text}");
    // Through what the parent passes on.
    let (text, good) = judged(&[
        LIB,
        ("a.rs", ""),
        b,
        ("b/c.rs", "use super::E;"),
        ("b/d.rs", "use super::c::C;"),
        ("b/e.rs", "use super::d; pub struct E;"),
    ]);
    assert!(!good && text.contains("circle of 3 in src/b: c, d, e"), "{text}");
}

#[test]
fn a_folder_in_a_room_is_in_no_circle_with_what_lies_beside_it() {
    let with = |x, deep| {
        judged(&[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod n; mod deep;"),
            ("a/n.rs", "use super::deep::x::X;"),
            ("a/deep/mod.rs", deep),
            ("a/deep/x.rs", x),
        ])
    };
    let (text, good) =
        with("use super::super::Above; use super::Deep; pub struct X;", "pub mod x; use x::X;");
    assert!(good, "{text}");
    for (x, deep) in [("use crate::a::n::N;", "pub mod x;"), ("", "pub mod x; use super::n::N;")] {
        let (text, good) = with(x, deep);
        assert!(!good && text.contains("circle of 2 in src/a: deep, n"), "{text}");
    }
}
