// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `swmgmt server` against a scripted device.

mod fake;

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use coap_lite::{CoapOption, MessageType, Packet};
use fake::{Format, Log, Running, Script};

/// No run may last longer than this, however slow the machine.
const HANG: Duration = Duration::from_secs(120);

struct Server {
    child: Child,
    address: SocketAddr,
    stdout: BufReader<std::process::ChildStdout>,
    first_line: String,
}

struct Outcome {
    exit: i32,
    stdout: String,
    stderr: String,
    log: Log,
}

impl Outcome {
    /// The output lines about values, in order.
    fn values(&self) -> Vec<&str> {
        self.stdout.lines().filter(|line| line.starts_with("/9/")).collect()
    }

    fn expect_exit(&self, exit: i32) {
        assert_eq!(self.exit, exit, "\n{}\n{}\n{:?}", self.stdout, self.stderr, self.log);
    }
}

fn start(arguments: &[&str]) -> Server {
    let mut child = Command::new(env!("CARGO_BIN_EXE_swmgmt"))
        .args(["server", "--listen", "127.0.0.1:0"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("start");
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
    let mut first_line = String::new();
    stdout.read_line(&mut first_line).expect("first line");
    let address = first_line
        .split(|c: char| c.is_whitespace() || c == '"')
        .find_map(|word| word.parse().ok())
        .unwrap_or_else(|| panic!("no address in {first_line:?}"));
    Server { child, address, stdout, first_line }
}

impl Server {
    /// Waits for the end; gives exit code, stdout, stderr.
    fn end(mut self) -> (i32, String, String) {
        let deadline = Instant::now() + HANG;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("wait") {
                break status;
            }
            if Instant::now() > deadline {
                self.child.kill().expect("kill");
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let mut stdout = self.first_line;
        self.stdout.read_to_string(&mut stdout).expect("stdout");
        let mut stderr = String::new();
        let mut pipe = self.child.stderr.take().expect("stderr");
        pipe.read_to_string(&mut stderr).expect("stderr");
        (status.code().unwrap_or(-1), stdout, stderr)
    }
}

/// One run of the server with one device.
fn run(script: Script, arguments: &[&str]) -> Outcome {
    let mut all = arguments.to_vec();
    if !arguments.contains(&"--timeout") {
        all.extend(["--timeout", "30"]);
    }
    let server = start(&all);
    let device = Running::start(script, server.address);
    let (exit, stdout, stderr) = server.end();
    Outcome { exit, stdout, stderr, log: device.stop() }
}

/// A package of so many bytes, removed at the end.
struct File {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl File {
    fn new(name: &str, length: usize) -> File {
        let path = std::env::temp_dir().join(format!("swmgmt-{}-{name}", std::process::id()));
        let bytes: Vec<u8> = (0..length).map(|i| (i * 7 + i / 251) as u8).collect();
        std::fs::write(&path, &bytes).expect("write");
        File { path, bytes }
    }

    fn name(&self) -> &str {
        self.path.to_str().expect("path")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

// --- the usual run ---

#[test]
fn success() {
    let file = File::new("success", 5000);
    let run = run(Script::default(), &[file.name()]);
    run.expect_exit(0);
    assert!(run.stdout.starts_with("listening on 127.0.0.1:"));
    assert_eq!(run.log.package, file.bytes);
    let expected = [
        "/9/0/7 state: INITIAL (0)",
        "/9/0/9 result: initial value (0)",
        "/9/0/12 active: false",
        "/9/0/9 result: downloading (1)",
        "/9/0/7 state: DOWNLOAD STARTED (1)",
        "/9/0/7 state: DOWNLOADED (2)",
        "/9/0/9 result: successfully downloaded and package integrity verified (3)",
        "/9/0/7 state: DELIVERED (3)",
        "/9/0/9 result: software successfully installed (2)",
        "/9/0/7 state: INSTALLED (4)",
        "/9/0/12 active: true",
    ];
    assert_eq!(run.values(), expected);
    assert_eq!(run.log.executes(), ["/9/0/4", "/9/0/10"]);
    let last = run.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with("done in ") && last.contains("5000 bytes in 5 blocks"), "{last}");
    assert!(run.stderr.contains("100 %"), "{}", run.stderr);

    let blocks = run.log.blocks();
    assert_eq!(blocks.len(), 5);
    assert_eq!(blocks[0].block, Some((0, true, 6)));
    assert_eq!(blocks[4].block, Some((4, false, 6)));
    assert!(blocks.iter().all(|block| block.format == Some(42)));
    assert_eq!(blocks[0].size1, Some(5000));
    assert!(blocks[1..].iter().all(|block| block.size1.is_none()));
    assert!(run.log.of(fake::GET).all(|get| get.accept == Some(0)));
    let observed: Vec<&str> =
        run.log.of(fake::GET).filter(|get| get.observe == Some(0)).map(|get| get.path.as_str()).collect();
    assert_eq!(observed, ["/9/0/7", "/9/0/9", "/9/0/12"]);
    assert_eq!(run.log.resets, 0);
}

#[test]
fn small_file_in_one_message() {
    let file = File::new("small", 100);
    let run = run(Script::default(), &[file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.package, file.bytes);
    assert_eq!(run.log.blocks()[0].block, None);
}

#[test]
fn more_than_4096_blocks() {
    let file = File::new("many", 70_001);
    let run = run(Script::default(), &["--block-size", "16", "--no-size1", file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.package, file.bytes);
    let blocks = run.log.blocks();
    assert_eq!(blocks.len(), 4376);
    assert_eq!(blocks.last().and_then(|last| last.block), Some((4375, false, 0)));
    assert_eq!(blocks[0].size1, None);
}

#[test]
fn json_lines() {
    let file = File::new("json", 5000);
    let run = run(Script::default(), &["--json", file.name()]);
    run.expect_exit(0);
    for line in run.stdout.lines() {
        assert!(line.starts_with("{\"event\":\"") && line.ends_with('}'), "{line}");
    }
    assert!(run.stdout.starts_with("{\"event\":\"listening\",\"address\":\"127.0.0.1:"));
    let value = "{\"event\":\"value\",\"path\":\"/9/0/7\",\"name\":\"state\",\"value\":3,\
                 \"text\":\"DELIVERED\",\"by\":\"notification\"}";
    assert!(run.stdout.contains(value), "{}", run.stdout);
    let last = run.stdout.lines().last().unwrap_or_default();
    assert!(last.contains("\"summary\",\"ok\":true,\"exit\":0"), "{last}");
    assert!(last.contains("\"bytes\":5000,\"blocks\":5"), "{last}");
    assert_eq!(run.stderr, "");
}

#[test]
fn quiet() {
    let file = File::new("quiet", 5000);
    let run = run(Script::default(), &["--quiet", file.name()]);
    run.expect_exit(0);
    assert_eq!(run.stdout.lines().count(), 2, "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

// --- steps and options ---

#[test]
fn update_of_installed_software() {
    let file = File::new("update", 3000);
    let script = Script { state: 4, result: 2, ..Script::default() };
    let run = run(script, &["--update", "--uninstall", "--install-args", "0='x'", file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.package, file.bytes);
    assert_eq!(run.log.executes(), ["/9/0/6 1", "/9/0/4 0='x'", "/9/0/10", "/9/0/6"]);
}

#[test]
fn only_uninstall() {
    let script = Script { state: 4, result: 2, ..Script::default() };
    let run = run(script, &["--no-push", "--uninstall"]);
    run.expect_exit(0);
    assert_eq!(run.log.executes(), ["/9/0/6"]);
    assert!(run.log.blocks().is_empty());
}

#[test]
fn exact_steps() {
    let script = Script { state: 4, result: 2, ..Script::default() };
    let run = run(script, &["--steps", "deactivate,activate,activate,update"]);
    run.expect_exit(0);
    assert_eq!(run.log.executes(), ["/9/0/11", "/9/0/10", "/9/0/10", "/9/0/6 1"]);
}

#[test]
fn uri_instead_of_file() {
    let run = run(Script::default(), &["--uri", "coap://127.0.0.1:1/x"]);
    run.expect_exit(0);
    assert_eq!(run.log.uri, "coap://127.0.0.1:1/x");
    assert_eq!(run.log.executes(), ["/9/0/4", "/9/0/10"]);
}

#[test]
fn install_is_retried_after_58() {
    let script = Script { install_failures: 2, ..Script::default() };
    let file = File::new("retry", 3000);
    let run = run(script, &["--retry", "2", file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.executes(), ["/9/0/4", "/9/0/4", "/9/0/4", "/9/0/10"]);
}

#[test]
fn alternate_path() {
    let links = "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/9/0>";
    let file = File::new("root", 3000);
    let run = run(Script { links, ..Script::default() }, &[file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.package, file.bytes);
}

// --- failures ---

#[test]
fn integrity_failure() {
    let script = Script { verify_result: 53, ..Script::default() };
    let file = File::new("integrity", 3000);
    let run = run(script, &[file.name()]);
    run.expect_exit(6);
    assert!(run.stderr.contains("package integrity check failure (53)"), "{}", run.stderr);
    assert!(run.log.executes().is_empty());
    assert!(run.stdout.lines().last().unwrap_or_default().starts_with("failed"));
}

#[test]
fn old_failure_is_no_failure() {
    let script = Script { result: 53, ..Script::default() };
    let file = File::new("old", 3000);
    run(script, &[file.name()]).expect_exit(0);
}

#[test]
fn install_failure() {
    let script = Script { install_failures: 2, ..Script::default() };
    let file = File::new("install", 3000);
    let run = run(script, &["--retry", "1", file.name()]);
    run.expect_exit(6);
    assert_eq!(run.log.executes(), ["/9/0/4", "/9/0/4"]);
}

/// A device with software of two components, of which it shows one as 14/0.
fn two_components() -> Script {
    let texts = [
        ("/9/0/0", "la\x1bmp"),
        ("/9/0/1", "1.3"),
        ("/9/0/16", "53:digest"),
        ("/9/0/18", "2"),
        ("/9/0/17/0", "14:7"),
        ("/9/0/17/1", "14:0"),
        ("/14/7/0", "boot"),
        ("/14/7/2", "2.0"),
        ("/14/7/5", "1"),
        ("/14/0/0", "app"),
        ("/14/0/5", "0"),
    ];
    Script { texts: texts.into(), ..Script::default() }
}

#[test]
fn the_reason_is_told() {
    let file = File::new("reason", 3000);
    let script = Script { verify_result: 53, ..two_components() };
    let outcome = run(script, &[file.name()]);
    outcome.expect_exit(6);
    assert!(outcome.values().contains(&"/9/0/16 reason: 53:digest"), "{}", outcome.stdout);
    assert!(!outcome.stdout.contains("component"), "{}", outcome.stdout);
}

#[test]
fn the_software_is_told() {
    let file = File::new("software", 3000);
    let outcome = run(two_components(), &[file.name()]);
    outcome.expect_exit(0);
    let lines = [
        "/9/0/0 name: la\\u{1b}mp",
        "/9/0/1 version: 1.3",
        "/14/7 component: boot 2.0, active: true",
        "/14/0 component: app, active: false",
    ];
    assert!(outcome.stdout.contains(&lines.join("\n")), "{}", outcome.stdout);
    assert!(!outcome.stdout.contains("reason"), "{}", outcome.stdout);
    let json = run(two_components(), &["--json", file.name()]);
    let component = r#"{"event":"component","path":"/14/7","identity":"boot","version":"2.0","active":true}"#;
    assert!(json.stdout.lines().any(|line| line == component), "{}", json.stdout);
}

#[test]
fn one_component_only() {
    let script = Script { state: 4, result: 2, ..two_components() };
    let started = run(script.clone(), &["--steps", "activate", "--component", "0"]);
    started.expect_exit(0);
    assert_eq!(started.log.executes(), ["/14/0/3"]);
    assert!(started.stdout.contains("/14/0 component: app, active: true"), "{}", started.stdout);
    let stopped = run(script, &["--steps", "activate,deactivate", "--component", "0"]);
    stopped.expect_exit(0);
    assert_eq!(stopped.log.executes(), ["/14/0/3", "/14/0/4"]);
    let script = Script { state: 4, result: 2, ..Script::default() };
    let missing = run(script, &["--steps", "activate", "--component", "0"]);
    missing.expect_exit(5);
    assert!(missing.stderr.contains("the device refused POST /14/0/3: 4.04"), "{}", missing.stderr);
}

/// After an uninstall 5.00 may mean "busy"; not if a result says what is wrong.
#[test]
fn refused_write_in_an_update() {
    let file = File::new("downgrade", 3000);
    let refuse_write = Some(fake::INTERNAL_ERROR);
    let script = Script { state: 4, refuse_write, refuse_result: 57, ..two_components() };
    let outcome = run(script, &["--update", file.name()]);
    outcome.expect_exit(5);
    assert_eq!(outcome.log.blocks().len(), 1);
}

#[test]
fn refused_write() {
    let script = Script { refuse_write: Some(fake::NOT_ALLOWED), ..Script::default() };
    let file = File::new("refused", 3000);
    let run = run(script, &["--json", file.name()]);
    run.expect_exit(5);
    assert!(run.stderr.contains("PUT /9/0/2: 4.05 Method Not Allowed"), "{}", run.stderr);
    assert!(run.stdout.contains("\"exit\":5"), "{}", run.stdout);
    assert_eq!(run.log.blocks().len(), 1);
}

#[test]
fn refused_with_a_hint() {
    let script = Script { state: 4, result: 2, ..Script::default() };
    let file = File::new("hint", 3000);
    let run = run(script, &[file.name()]);
    run.expect_exit(5);
    assert!(run.stderr.contains("--update"), "{}", run.stderr);
}

#[test]
fn no_such_instance() {
    let file = File::new("instance", 3000);
    let run = run(Script::default(), &["--instance", "7", file.name()]);
    run.expect_exit(5);
    assert!(run.stderr.contains("GET /9/7/7: 4.04 Not Found"), "{}", run.stderr);
}

#[test]
fn no_device() {
    let file = File::new("nobody", 10);
    let (exit, _, stderr) = start(&["--wait-registration", "1", file.name()]).end();
    assert_eq!(exit, 3);
    assert!(stderr.contains("no device registered"), "{stderr}");
}

#[test]
fn other_device() {
    let file = File::new("other", 10);
    let run = run(Script::default(), &["--endpoint", "someone", "--wait-registration", "2", file.name()]);
    run.expect_exit(3);
    assert!(run.stderr.contains("no device named \"someone\""), "{}", run.stderr);
    assert!(run.log.requests.is_empty());
}

#[test]
fn device_dies() {
    let script = Script { die_at_block: Some(1), ..Script::default() };
    let file = File::new("dies", 5000);
    let run = run(script, &["--timeout", "3", file.name()]);
    run.expect_exit(4);
    assert!(run.stderr.contains("connection lost"), "{}", run.stderr);
}

#[test]
fn usage_errors() {
    let exit_of = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_swmgmt")).arg("server").args(arguments).output().expect("run");
        output.status.code()
    };
    assert_eq!(exit_of(&[]), Some(2));
    assert_eq!(exit_of(&["/no/such/file"]), Some(2));
    assert_eq!(exit_of(&["--block-size", "17", "x"]), Some(2));
    assert_eq!(exit_of(&["--steps", "dance"]), Some(2));
    assert_eq!(exit_of(&["--help"]), Some(0));
    let taken = UdpSocket::bind("127.0.0.1:0").expect("bind");
    let address = taken.local_addr().expect("address").to_string();
    assert_eq!(exit_of(&["--listen", &address, "--uri", "coap://x/y"]), Some(2));
}

// --- the push, and what devices do to it ---

#[test]
fn device_shrinks_the_blocks() {
    let script = Script { shrink_to: Some(2), ..Script::default() };
    let file = File::new("shrink", 5000);
    let run = run(script, &[file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.package, file.bytes);
    let blocks = run.log.blocks();
    assert_eq!(blocks[0].block, Some((0, true, 6)));
    assert_eq!(blocks[1].block, Some((16, true, 2)));
    assert_eq!(blocks.len(), 1 + (5000_usize - 1024).div_ceil(64));
}

#[test]
fn too_large_with_a_hint() {
    let script = Script { too_large_hint: Some(3), ..Script::default() };
    let file = File::new("large", 1000);
    let run = run(script, &[file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.package, file.bytes);
    let blocks = run.log.blocks();
    assert_eq!(blocks[0].block, None);
    assert_eq!(blocks[1].block, Some((0, true, 3)));
    assert_eq!(blocks[1].size1, Some(1000));
}

#[test]
fn gap_restarts_the_push_once() {
    let file = File::new("gap", 5000);
    let once = run(Script { gaps: 1, ..Script::default() }, &[file.name()]);
    once.expect_exit(0);
    assert_eq!(once.log.package, file.bytes);
    let twice = run(Script { gaps: 2, ..Script::default() }, &[file.name()]);
    twice.expect_exit(5);
    assert!(twice.stderr.contains("4.08"), "{}", twice.stderr);
}

#[test]
fn lost_datagram() {
    let script = Script { lose_block: Some(1), ..Script::default() };
    let file = File::new("lost", 3000);
    let run = run(script, &[file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.package, file.bytes);
    assert!(run.stdout.contains("retransmission"), "{}", run.stdout);
}

#[test]
fn separate_responses() {
    let script = Script { separate: true, ..Script::default() };
    let file = File::new("separate", 5000);
    let run = run(script, &[file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.package, file.bytes);
    assert_eq!(run.log.resets, 0);
}

#[test]
fn duplicate_message_ids() {
    let script = Script { twice: true, separate: true, ..Script::default() };
    let file = File::new("twice", 5000);
    let run = run(script, &[file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.package, file.bytes);
    // Both copies of the registration got the same answer, and it counts once.
    assert_eq!(run.log.locations.len(), 2);
    assert_eq!(run.log.locations[0], run.log.locations[1]);
    assert_eq!(run.log.locations[0].0, "rd/1");
    assert_eq!(run.stdout.matches("registered from").count(), 1);
    // Every notification is printed once, both copies acknowledged.
    assert_eq!(run.values().len(), 11, "{}", run.stdout);
    assert!(run.log.acknowledgements >= 2 * 8, "{}", run.log.acknowledgements);
    assert_eq!(run.log.executes(), ["/9/0/4", "/9/0/10"]);
}

#[test]
fn without_observation() {
    let script = Script { observable: false, ..Script::default() };
    let file = File::new("poll", 3000);
    run(script, &[file.name()]).expect_exit(0);
}

#[test]
fn other_value_formats() {
    let file = File::new("formats", 3000);
    for format in [Format::Cbor, Format::Tlv] {
        let run = run(Script { format, ..Script::default() }, &[file.name()]);
        run.expect_exit(0);
        assert!(run.values().contains(&"/9/0/12 active: true"));
    }
}

// --- the device restarts ---

#[test]
fn restart_in_mid_push() {
    let file = File::new("restart", 8000);
    for deregister in [false, true] {
        let script = Script { restart_at_block: Some(4), deregister, ..Script::default() };
        let run = run(script, &[file.name()]);
        run.expect_exit(0);
        assert_eq!(run.log.package, file.bytes);
        assert_eq!(run.log.registrations, 2);
        assert_eq!(run.log.locations.last().map(|last| last.0.as_str()), Some("rd/2"));
        let observed = run.log.of(fake::GET).filter(|get| get.observe == Some(0)).count();
        assert_eq!(observed, 6);
        assert_eq!(run.log.executes(), ["/9/0/4", "/9/0/10"]);
        let last = run.stdout.lines().last().unwrap_or_default().to_owned();
        assert!(last.contains("1 new start"), "{last}");
    }
}

#[test]
fn restart_in_install_that_succeeds() {
    let script = Script { restart_in_install: true, ..Script::default() };
    let file = File::new("reboot", 3000);
    let run = run(script, &[file.name()]);
    run.expect_exit(0);
    assert_eq!(run.log.executes(), ["/9/0/4", "/9/0/10"]);
    assert_eq!(run.log.registrations, 2);
}

#[test]
fn restart_in_install_that_fails() {
    let script = Script { restart_in_install: true, install_failures: 1, ..Script::default() };
    let file = File::new("rollback", 3000);
    let failed = run(script.clone(), &[file.name()]);
    failed.expect_exit(6);
    assert!(failed.stderr.contains("(58)"), "{}", failed.stderr);
    let retried = run(script, &["--retry", "1", file.name()]);
    retried.expect_exit(0);
    assert_eq!(retried.log.executes(), ["/9/0/4", "/9/0/4", "/9/0/10"]);
}

#[test]
fn restart_that_loses_the_package() {
    let script = Script { restart_in_install: true, forget_in_install: true, ..Script::default() };
    let file = File::new("volatile", 3000);
    let again = run(script.clone(), &[file.name()]);
    again.expect_exit(0);
    assert_eq!(again.log.executes(), ["/9/0/4", "/9/0/4", "/9/0/10"]);
    let script = Script { state: 3, result: 3, ..script };
    let lost = run(script, &["--steps", "install"]);
    lost.expect_exit(4);
    assert!(lost.stderr.contains("lost the package"), "{}", lost.stderr);
}

// --- the registration interface itself ---

#[test]
fn registration_interface() {
    let server = start(&["--endpoint", "nobody", "--wait-registration", "4", "--uri", "coap://x/y"]);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("bind");
    socket.set_read_timeout(Some(Duration::from_secs(10))).expect("timeout");
    let mut mid = 0;
    let mut ask = |code: u8, path: &[&str], query: &[&str]| -> Packet {
        let mut packet = fake::message(code);
        mid += 1;
        packet.header.message_id = mid;
        packet.set_token(vec![mid as u8]);
        for segment in path {
            packet.add_option(CoapOption::UriPath, segment.as_bytes().to_vec());
        }
        for item in query {
            packet.add_option(CoapOption::UriQuery, item.as_bytes().to_vec());
        }
        socket.send_to(&packet.to_bytes().expect("bytes"), server.address).expect("send");
        let mut buffer = [0; 2048];
        let (length, _) = socket.recv_from(&mut buffer).expect("answer");
        let answer = Packet::from_bytes(&buffer[..length]).expect("message");
        assert_eq!(answer.header.get_type(), MessageType::Acknowledgement);
        assert_eq!((answer.header.message_id, answer.get_token()), (mid, &[mid as u8][..]));
        answer
    };
    let code = |packet: &Packet| u8::from(packet.header.code);
    let created = ask(2, &["rd"], &["ep=a", "lt=60", "lwm2m=1.0", "b=U"]);
    assert_eq!(code(&created), fake::CREATED);
    assert_eq!(code(&ask(2, &["rd", "1"], &["lt=90"])), fake::CHANGED);
    assert_eq!(code(&ask(2, &["rd", "9"], &[])), fake::NOT_FOUND);
    assert_eq!(code(&ask(4, &["rd", "1"], &[])), 0x42);
    assert_eq!(code(&ask(4, &["rd", "1"], &[])), fake::NOT_FOUND);
    assert_eq!(code(&ask(2, &["rd"], &["lt=60"])), 0x80);
    assert_eq!(server.end().0, 3);
}
