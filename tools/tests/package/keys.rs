// SPDX-License-Identifier: Apache-2.0 OR MIT
//! New keys.

use crate::desk::*;

#[test]
fn keys_are_made_once_and_kept_secret() {
    let desk = Desk::new();
    let made = desk.words("keygen --json key").good().json();
    let (private, public) = (desk.read("key.pem"), desk.read("key.pub.pem"));
    // PKCS#8 version 1 of Ed25519, and SubjectPublicKeyInfo.
    assert!(private.starts_with(b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI"));
    assert!(public.starts_with(b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(desk.path("key.pem")).expect("file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    desk.write("a", b"x");
    let line = "create --name a --version 1 --component a --key key.pem -o a.swpk --json";
    assert_eq!(desk.words(line).good().json()["signature"]["key"], made["key"]);

    let refused = desk.words("keygen key");
    assert_eq!((refused.exit, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("is there already"), "{}", refused.stderr);
    desk.write("half.pub.pem", b"mine");
    assert_eq!(desk.words("keygen half").exit, 2);
    assert!(!desk.path("half.pem").exists());
    std::fs::remove_file(desk.path("key.pub.pem")).expect("remove");
    assert_eq!(desk.words("keygen key").exit, 2);
    assert_eq!((desk.read("key.pem"), desk.read("half.pub.pem")), (private.clone(), b"mine".to_vec()));
    assert!(!desk.path("key.pub.pem").exists());
    desk.words("keygen other").good();
    assert_ne!(desk.read("other.pem"), private);
}
