// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Everything that is printed: text or JSON lines on stdout, progress and
//! errors on stderr.

use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

/// A value in a JSON line.
#[derive(Debug, Clone)]
pub enum Field {
    Text(String),
    Number(i64),
    Float(f64),
    Bool(bool),
}

impl From<&str> for Field {
    fn from(value: &str) -> Field {
        Field::Text(value.to_owned())
    }
}

impl From<String> for Field {
    fn from(value: String) -> Field {
        Field::Text(value)
    }
}

impl From<i64> for Field {
    fn from(value: i64) -> Field {
        Field::Number(value)
    }
}

impl From<usize> for Field {
    fn from(value: usize) -> Field {
        Field::Number(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<u64> for Field {
    fn from(value: u64) -> Field {
        Field::Number(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Field {
    fn from(value: f64) -> Field {
        Field::Float(value)
    }
}

impl From<bool> for Field {
    fn from(value: bool) -> Field {
        Field::Bool(value)
    }
}

/// When an event is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Not with --quiet.
    Normal,
    /// Always.
    Always,
}

pub struct Report {
    json: bool,
    quiet: bool,
    bar: Option<ProgressBar>,
    tenths: Option<u64>,
}

impl Report {
    pub fn new(json: bool, quiet: bool) -> Report {
        Report { json, quiet, bar: None, tenths: None }
    }

    /// Prints one event, as text or as a JSON line.
    pub fn event(&self, weight: Weight, name: &str, text: &str, fields: &[(&str, Field)]) {
        if self.quiet && weight == Weight::Normal {
            return;
        }
        if self.json {
            self.line(&json_line(name, fields));
        } else {
            self.line(text);
        }
    }

    /// Something the user should know.
    pub fn note(&self, text: &str) {
        self.event(Weight::Normal, "note", &format!("note: {text}"), &[("text", text.into())]);
    }

    /// Why the run failed. On stderr, and with --json also on stdout.
    pub fn error(&self, text: &str, exit: u8) {
        if self.json {
            let fields = [("text", text.into()), ("exit", i64::from(exit).into())];
            self.line(&json_line("error", &fields));
        }
        let _ = writeln!(std::io::stderr(), "error: {text}");
    }

    /// Begins to show the progress of a push.
    pub fn progress_start(&mut self, total: usize) {
        self.progress_end();
        self.tenths = None;
        if self.quiet || self.json || !std::io::stderr().is_terminal() {
            return;
        }
        self.bar = Some(bar(total as u64));
    }

    /// Shows how far the push is: the bar, or a line every 10 %.
    pub fn progress(&mut self, done: usize, total: usize) {
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            return;
        }
        let tenths = done as u64 * 10 / (total as u64).max(1);
        if self.quiet || self.tenths == Some(tenths) {
            return;
        }
        self.tenths = Some(tenths);
        if self.json {
            let fields = [("percent", (tenths * 10).into()), ("bytes", done.into()), ("total", total.into())];
            self.line(&json_line("progress", &fields));
        } else {
            let _ = writeln!(std::io::stderr(), "{:>3} %", tenths * 10);
        }
    }

    /// Takes the bar off the screen.
    pub fn progress_end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// A closed pipe is no reason to stop.
    fn line(&self, text: &str) {
        let print = || {
            let _ = writeln!(std::io::stdout(), "{text}");
        };
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

/// A bar on stderr, of so many bytes.
pub fn bar(total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total);
    let style = "{bar:40} {percent:>3} %  {bytes}/{total_bytes}  {bytes_per_sec}  {eta}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}

/// Text of a device for the terminal: control characters made visible.
pub fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let visible = !c.is_control();
            let escaped = (!visible).then(|| c.escape_default());
            visible.then_some(c).into_iter().chain(escaped.into_iter().flatten())
        })
        .collect()
}

fn json_line(name: &str, fields: &[(&str, Field)]) -> String {
    let mut line = format!("{{\"event\":{}", json_text(name));
    for (key, value) in fields {
        let value = match value {
            Field::Text(text) => json_text(text),
            Field::Number(number) => number.to_string(),
            Field::Float(number) => format!("{number:.3}"),
            Field::Bool(value) => value.to_string(),
        };
        line.push_str(&format!(",{}:{value}", json_text(key)));
    }
    line.push('}');
    line
}

fn json_text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json() {
        let fields = [
            ("text", Field::from("a\"b\\c\n\u{1b}é")),
            ("n", Field::from(-3_i64)),
            ("s", Field::from(1.5)),
            ("ok", Field::from(true)),
        ];
        let expected = r#"{"event":"x","text":"a\"b\\c\u000a\u001bé","n":-3,"s":1.500,"ok":true}"#;
        assert_eq!(json_line("x", &fields), expected);
    }

    #[test]
    fn control_characters_stay_off_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jé"), "a\\u{1b}[2Jé");
    }
}
