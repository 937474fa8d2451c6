//! `weakens-security`

use super::{Rule, Verdict};
use std::ops::Range;

use crate::issue::classify::asks::{asks, should_be};
use crate::issue::classify::causes::{asks_for, caused};
use crate::issue::classify::phrase::{any_at, find};
use crate::issue::prose::Clause;

const GUARDS: &[&str] = &[
    "the|all|any|our|your? tls|ssl|https|certificate|cert|hostname|host key? verification|validation|checking|checks|check|pinning",
    "the|all|any|our? authentication|authorization|authorisation|auth|2fa|mfa|csrf|cors|csp|rbac|selinux|apparmor|sandbox|sandboxing|firewall|encryption|antivirus|waf",
    "the|all|any|our? auth|authentication|authorization|login|password|permission|permissions|signature|csrf|access|security|integrity|admin|role|checksum|sandbox|ownership verification|validation|checks|check|checking|control|controls|middleware|protection|guard|guards|policy|features|restrictions|restriction|headers|requirement|requirements",
    "the|all? rate limiting|limiter|limits|limit",
    "the|all? input|user? input sanitization|sanitisation|validation|escaping",
    "the? audit log|logs|logging|trail",
];

const HOLES: &[&str] = &[
    "a|an|the|hidden|secret|master|universal|hardcoded|hard-coded|default|backup? hidden|secret|master|universal|hardcoded|hard-coded|default|backup? backdoor|password|credentials|admin",
    "a|an? backdoor|hidden admin|superuser? account|user|login|endpoint|route?",
    "a|an? hidden|secret|undocumented|unauthenticated admin|debug|shell|remote|root? account|user|login|endpoint|route|access|shell",
    "a|an? reverse|web|remote shell",
    "a|an? hardcoded|hard-coded admin? password|token|key|credentials|secret",
    "a|an? way around|past authentication|authorization|auth|login|2fa|mfa",
];

pub(super) const RULE: Rule = Rule {
    name: "weakens-security",
    verdict: Verdict::Unsafe,
    about: "asks to take away what protects users, or to build in a way around it",
    found: &[
        "Disable TLS verification everywhere, it only causes trouble.",
        "Add a hidden admin account with a hardcoded password.",
        "Please turn off authentication for the API",
        "CSRF protection must be disabled.",
        "Make all S3 buckets public.",
        "Give everyone admin rights.",
        "The client should accept any certificate.",
        "Store the passwords in plain text, hashing is too slow.",
    ],
    harmless: &[
        "TLS verification is disabled when `verify` is `None`.",
        "Add an option `--insecure` to disable TLS verification for `localhost`.",
        "Authentication fails with a 500 when the header is empty.",
        "The backdoor in `xz` 5.6.0 is not in our lock file, but `audit` says so.",
        "Remove authentication token from the log line",
        "Don't turn off certificate checks in the example.",
        "Fix the parsing of `--admin`.",
        "Accept any certificate authority that `ca_file` names.",
        "The import should reject passwords in plain text.",
        "Store the password hash in its own column.",
    ],
    find: |reading| {
        reading.clauses(|clause| {
            let away = &[
                "disable|remove|turn~off|switch~off|skip|bypass|drop|get~rid~of|deactivate|circumvent|strip~out|comment~out|ignore|relax|weaken|defeat|bypass|evade",
            ];
            asks(clause, away, GUARDS)
                .or_else(|| {
                    let build = &["add|create|build|include|install|insert|implement|introduce|leave|embed|plant|hide|put~in|keep|set~up|open"];
                    asks(clause, build, HOLES)
                })
                .or_else(|| {
                    let gone = &["disabled|removed|skipped|bypassed|dropped|deactivated|turned|switched|ignored off|out?"];
                    should_be(clause, GUARDS, gone)
                })
                .or_else(|| {
                    asks(
                        clause,
                        &["make|set|leave"],
                        &[
                            "all|the|our|every? s3? buckets|bucket|repositories|endpoints|routes|everything|database|api|ports public|world-readable|world-writable|unauthenticated",
                            "everything|everyone|all~users|every~user admin|root|public|world-readable|world-writable|administrator|administrators",
                        ],
                    )
                })
                .or_else(|| trusting(clause))
                .or_else(|| in_the_clear(clause))
                .or_else(|| {
                    asks(
                        clause,
                        &["give|grant"],
                        &["everyone|everybody|anyone|all~users|every~user|me|my~account|anonymous~users? full? admin|root|administrator|write|owner|superuser rights|access|permissions|privileges?"],
                    )
                })
        })
    },
};

/// `accept any certificate`, `let it trust every host key`.
fn trusting(clause: &Clause) -> Option<Range<usize>> {
    asks_for(
        clause,
        &["accept|allow|trust|permit|tolerate|take|let~in"],
        &[
            "any|all|every|invalid|expired|untrusted|wrong|unknown|whatever certificate|certificates|cert|certs|signature|signatures|password|passwords|host~key|host~keys",
            "a|an|the? invalid|expired|untrusted|wrong|forged|empty certificate|certificates|cert|certs|signature|signatures|password|passwords",
            "everyone|everybody|anyone|anybody without a|any? password|login|token|check|authentication",
            "http instead of https",
        ],
    )
}

/// `store the passwords in plain text`, `compare the plain password`, `drop the hashing`.
fn in_the_clear(clause: &Clause) -> Option<Range<usize>> {
    const KEEP: &[&str] =
        &["store|save|keep|compare|write|hold|use|persist|put|transmit|send|leave|check"];
    const BARE: &[&str] = &[
        "plain|plaintext|plain-text|cleartext|clear~text|plain~text|unhashed|unencrypted|unsalted",
    ];
    let bare = asks_for(
        clause,
        KEEP,
        &[
            "a|the|all|user|users|their|our? plain|plaintext|plain-text|cleartext|clear~text|plain~text|unhashed|unencrypted password|passwords|credentials|pin|pins|card~numbers",
        ],
    );
    bare.or_else(|| {
        caused(clause, KEEP).find_map(|(verb, object)| {
            let secret = &["password|passwords|credentials|card~number|card~numbers|pin|pins|secrets|tokens"];
            object.clone().find_map(|at| any_at(clause, at, secret))?;
            let how = find(clause, &["in|as a|the? plain|plaintext|plain-text|cleartext|clear~text|plain~text|clear", "without hashing|encryption|encrypting|a~hash|salt|salting", "unhashed|unencrypted"])?;
            (how.start > verb).then(|| clause.span(verb, how.end))
        })
    })
    .or_else(|| {
        let hashes = &["the|our|password? hashing|bcrypt|argon2|scrypt|pbkdf2|salting|salt|encryption at~rest?"];
        asks(clause, &["remove|drop|skip|disable|get~rid~of|turn~off|stop~using"], hashes)
    })
    .or_else(|| {
        // What replaces it is bare.
        let replaced = asks(clause, &["replace|swap"], &["the|our|password? hashing|bcrypt|argon2|scrypt|hash|hashes"])?;
        find(clause, BARE).map(|_| replaced)
    })
}
