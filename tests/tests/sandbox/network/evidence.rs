//! What was refused is told: to the program, with the failure, in the record, and with what is
//! proposed.

use serde_json::{Value, json};

use super::site::Site;
use super::{client, is_ready, mission, run};

/// The last host is none, and must not be printed as if it were.
const PROGRAM: &str = "
print(get('http://HOST/'))
print(get('http://b.example/'))
for host in 'c.example', 'd.example\\x1b[2J':
    try: tunnel(host, 443)
    except OSError as error: print(error)
sys.exit(1)
";

#[test]
fn what_was_refused_is_told_with_the_line_that_would_grant_it() {
    if !is_ready("what_was_refused_is_told_with_the_line_that_would_grant_it") {
        return;
    }
    let site = Site::new();
    let at = &site.at;
    let program = PROGRAM.replace("HOST", at);
    let grants = format!("net \"{at}\", \"unused.example\"");
    let sandbox = client(&grants, &program);
    let done = run(&sandbox, "full").ends(1);
    let report = done.json();
    let step = &report["steps"][0];
    // To the program.
    let said = super::output(step);
    for line in [
        "REACHED\n",
        "403 tau: `b.example:80` is not granted. Add to `authority`: net \"b.example\"\n",
        // Where the answer to a tunnel is not shown, its reason is.
        "HTTP/1.1 403 tau: `c.example:443` is not granted. Add to `authority`: net \"c.example\"\r\n",
        "\ntau: `c.example:443` is not granted. Add to `authority`: net \"c.example\"\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    // In the record.
    let refused = |host: &str, port: u16| {
        json!({
            "host": host,
            "port": port,
            "why": "is not granted",
            "limited_by": "mission",
            "limited_at": null,
            "grant": format!("net \"{host}\""),
        })
    };
    let all = json!([refused("b.example", 80), refused("c.example", 443)]);
    assert_eq!(step["refused"], all);
    // With the failure.
    let help = "It was refused what it asked the network for: `b.example:80` is not granted; \
                `c.example:443` is not granted. If it needs that, add to `authority`: \
                net \"b.example\"; net \"c.example\"";
    assert_eq!(step["failure"]["help"], help);
    let reason = report["reason"].as_str().unwrap();
    assert!(reason.ends_with(help), "{reason}");
    // To who looks.
    let line = "`b.example:80` is not granted; grant it with net \"b.example\"\n";
    let show = sandbox.tau(&["show", "@"]).ends(0).out;
    assert!(show.contains(&format!("  refused case: {line}")), "{show}");
    let logs = sandbox.tau(&["logs", "@"]).ends(0).err;
    assert!(
        logs.contains(&format!("`case` was refused: {line}")),
        "{logs}"
    );
    // With what is proposed: what was reached, and not what was refused.
    let infer = sandbox.tau(&["grants", "infer", "@"]).ends(0);
    let lines: Vec<&str> = infer.out.lines().collect();
    assert!(
        lines.contains(&format!("+    net \"{at}\"").as_str()),
        "{}",
        infer.out
    );
    assert!(
        infer.err.contains("grant it with net \"b.example\""),
        "{}",
        infer.err
    );
    let told = sandbox
        .tau(&["grants", "infer", "@", "--json"])
        .ends(0)
        .json();
    assert_eq!(told["refused"][0]["host"], json!("b.example"), "{told:#}");
    assert_eq!(told["refused"][0]["step"], json!("case"), "{told:#}");
    // Without a box nobody saw what was reached.
    run(&sandbox, "none");
    let infer = sandbox.tau(&["grants", "infer", "@"]).ends(0);
    assert!(!infer.out.contains("-    net \"127"), "{}", infer.out);
}

/// A program that asks for a host by the name of what it was given leaves it in no record.
#[test]
fn a_secret_is_in_no_host_that_is_told() {
    if !is_ready("a_secret_is_in_no_host_that_is_told") {
        return;
    }
    let statements = "  step case = process.run(\"python3 case.py\", secrets: [\"DEPLOY_TOKEN\"])";
    let program = "get('http://' + os.environ['DEPLOY_TOKEN'] + '.example/')\n";
    let grants = "secret DEPLOY_TOKEN\nnet \"a.example\"";
    let sandbox = mission(grants, statements, program);
    let secret = "wool-and-salt";
    let arguments = ["apply", "boxed.tau", "--yes", "--json", "--box", "full"];
    let mut command = sandbox.command(&arguments);
    let done = command.env("DEPLOY_TOKEN", secret).output().unwrap();
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    let host = &report["steps"][0]["refused"][0]["host"];
    assert_eq!(*host, "***.example", "{report:#}");
    let run = sandbox
        .state()
        .join("runs")
        .join(report["run"].as_str().unwrap());
    let journal = std::fs::read_to_string(run.join("journal.jsonl")).unwrap();
    assert!(!journal.contains(secret), "{journal}");
}
