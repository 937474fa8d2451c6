//! What agents say that they spend: recorded, charged where a grant counts it, and never believed to be less.

use serde_json::{Value, json};
use tau_tests::{skip_without, step};

use super::acp::agent as acp;
use super::{granted, repaired, untouched};

/// An agent that mends it and then prints these lines of JSON.
fn prints(lines: &[Value]) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!(
        "#!/bin/sh\ncat > /dev/null\nprintf 'fixed\\n' > src/a.txt\ncat <<'END'\nnot json\n{lines}END\n"
    )
}

fn result(tokens: u64, usd: f64) -> Value {
    let usage = json!({ "input_tokens": tokens - 100, "output_tokens": 100 });
    json!({ "type": "result", "total_cost_usd": usd, "usage": usage })
}

const COUNTED: &str = ", model: \"lab/agent\", tokens: 5k, cost: $0.50";

#[test]
fn what_an_agent_says_is_told_as_its_word() {
    let (run, _) = repaired(&prints(&[result(1200, 0.03)]), "");
    assert_eq!(run["outcome"], "succeeded", "{run:#}");
    let edit = &step(&run, "edit#1")["result"];
    assert_eq!(
        (&edit["said_tokens"], &edit["said_cost"]),
        (&json!(1200), &json!(30_000))
    );
    // No grant counts it, so it is in no sum.
    assert_eq!(run["spent"]["tokens"], 0);
    let said = json!([{ "step": "edit#1", "by": "./agent", "tokens": 1200, "usd": 0.03 }]);
    assert_eq!(run["spent"]["said"], said);
    // Who says nothing has not spent 0.
    let (run, _) = repaired(&prints(&[]), "");
    let edit = &step(&run, "edit#1")["result"];
    assert_eq!(
        (&edit["said_tokens"], &edit["said_cost"]),
        (&Value::Null, &Value::Null)
    );
    let said = json!([{ "step": "edit#1", "by": "./agent", "tokens": null, "usd": null }]);
    assert_eq!(run["spent"]["said"], said);
}

#[test]
fn what_is_reserved_counts_whole_whatever_the_agent_says() {
    let (run, _) = granted(
        &prints(&[result(1200, 0.03)]),
        "\"lab/*\" up to 20k tokens, $2",
        COUNTED,
    );
    assert_eq!(run["outcome"], "succeeded", "{run:#}");
    assert_eq!(
        (&run["spent"]["tokens"], &run["spent"]["usd"]),
        (&json!(5000), &json!(0.5))
    );
    // What the grant has no room for starts no agent.
    let (run, sandbox) = granted(&prints(&[]), "\"lab/*\" up to 4k tokens, $2", COUNTED);
    assert_eq!(run["blocked"]["code"], "tokens-exhausted", "{run:#}");
    assert_eq!(run["spent"]["tokens"], 0);
    untouched(&sandbox);
    // Neither does one that is not granted.
    let (run, _) = granted(&prints(&[]), "\"other/*\" up to 20k tokens, $2", COUNTED);
    assert_eq!(
        run["blocked"]["missing"][0]["grant"], "model \"lab/agent\"",
        "{run:#}"
    );
}

#[test]
fn an_agent_that_says_it_has_spent_more_is_killed_and_charged() {
    // It would never end by itself, and nothing of what it changed is kept.
    let mut agent = prints(&[
        json!({ "type": "turn.completed", "usage": { "input_tokens": 4000, "output_tokens": 10 } }),
        json!({ "type": "turn.completed", "usage": { "input_tokens": 4000, "output_tokens": 10 } }),
    ]);
    agent.push_str("while :; do sleep 1; done\n");
    let (run, sandbox) = granted(&agent, "\"lab/*\" up to 20k tokens, $2", COUNTED);
    let failure = &step(&run, "edit#1")["failure"];
    assert_eq!(failure["code"], "agent-overspent", "{run:#}");
    let message = failure["message"].as_str().unwrap();
    assert!(
        message.contains("8020 tokens, and may use 5000"),
        "{message}"
    );
    assert_eq!(run["spent"]["tokens"], 8020);
    untouched(&sandbox);
    let (run, _) = granted(
        &prints(&[result(1200, 0.75)]),
        "\"lab/*\" up to 20k tokens, $2",
        COUNTED,
    );
    assert_eq!(
        step(&run, "edit#1")["failure"]["code"],
        "agent-overspent",
        "{run:#}"
    );
    assert_eq!(run["spent"]["usd"], 0.75);
}

#[test]
fn the_protocol_is_heard_and_its_agent_told_to_stop() {
    if skip_without(
        "python3",
        "the_protocol_is_heard_and_its_agent_told_to_stop",
    ) {
        return;
    }
    let update = |used: u64, usd: f64| {
        format!(
            "send({{\"method\": \"session/update\", \"params\": {{\"sessionId\": \"s1\", \"update\": \
             {{\"sessionUpdate\": \"usage_update\", \"used\": {used}, \"size\": 200000, \
             \"cost\": {{\"amount\": {usd}, \"currency\": \"USD\"}}}}}}}})\n"
        )
    };
    let mends = "open('src/a.txt', 'w').write('fixed\\n')\n";
    let protocol = format!(", protocol: \"acp\"{COUNTED}");
    let grant = "\"lab/*\" up to 20k tokens, $2";
    let good = acp(&format!(
        "{mends}{}result[\"usage\"] = {{\"totalTokens\": 1500, \"inputTokens\": 1400, \"outputTokens\": 100}}",
        update(900, 0.25)
    ));
    let (run, _) = granted(&good, grant, &protocol);
    assert_eq!(run["outcome"], "succeeded", "{run:#}");
    let edit = &step(&run, "edit#1")["result"];
    assert_eq!(
        (&edit["said_tokens"], &edit["said_cost"]),
        (&json!(1500), &json!(250_000))
    );
    assert_eq!(run["spent"]["usd"], 0.5);
    // It is told to stop, and says what it was told.
    let bad = acp(&format!(
        "{mends}{}sys.stderr.write(receive()[\"method\"] + \" was heard\\n\")\nsys.exit(0)",
        update(900, 0.60)
    ));
    let (run, sandbox) = granted(&bad, grant, &protocol);
    let failure = &step(&run, "edit#1")["failure"];
    assert_eq!(failure["code"], "agent-overspent", "{run:#}");
    assert!(
        failure.to_string().contains("session/cancel was heard"),
        "{failure:#}"
    );
    assert_eq!(run["spent"]["usd"], 0.6);
    untouched(&sandbox);
}
