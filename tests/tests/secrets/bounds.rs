//! The bounds of secrets, at them and above.

use super::{apply, configure, may, mission, showing};

fn message(configured: &str, value: &str) -> Option<String> {
    let sandbox = showing("#!/bin/sh\nexit 0\n");
    configure(&sandbox, configured);
    let text = mission(
        &may("secret TOKEN"),
        "  step a = process.run(\"./show.sh\", secrets: [\"TOKEN\"])\n",
    );
    let result = apply(&sandbox, &text, &[("TOKEN", value)]).json();
    let message = result["blocked"]["message"].as_str();
    assert_eq!(message.is_none(), result["outcome"] == "succeeded");
    message.map(str::to_owned)
}

#[test]
fn a_secret_has_6_bytes_to_16_kib() {
    assert_eq!(message("", "abcdef"), None);
    let short = message("", "abcde").unwrap();
    assert!(short.contains("it has fewer than 6 bytes"), "{short}");
    assert_eq!(message("", &"x".repeat(16 * 1024)), None);
    let long = message("", &"x".repeat(16 * 1024 + 1)).unwrap();
    assert!(long.contains("it has more than 16384 bytes"), "{long}");
}

#[test]
fn the_list_of_sources_has_at_most_256_kib() {
    let filled = |bytes: usize| format!("#{}\n", "x".repeat(bytes - 2));
    assert_eq!(message(&filled(256 * 1024), "abcdef"), None);
    let long = message(&filled(256 * 1024 + 1), "abcdef").unwrap();
    assert!(
        long.contains("secrets.toml` has more than 262144 bytes"),
        "{long}"
    );
}
