//! What a host says of a pull request and of its base.

use serde::Deserialize;
use serde_json::{Value, json};
use tau_interpreter::action::{Failure, Survey};

use super::AutoMerge;

/// All that decides, but for what the base requires.
pub(super) const QUERY: &str = "query($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) { nameWithOwner autoMergeAllowed mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed pullRequest(number: $number) { id state isDraft body headRefOid headRefName baseRefName headRepository { nameWithOwner } mergeStateStatus isMergeQueueEnabled isInMergeQueue autoMergeRequest { enabledAt } mergeCommit { oid } } } }";

/// A pull request as it is.
#[derive(Debug)]
pub(super) struct State {
    /// Its name in GraphQL.
    pub(super) id: String,
    /// Whose it is now: a repository may have got another name.
    pub(super) repository: String,
    /// The repository of its branch; none when that is gone.
    pub(super) head_repository: Option<String>,
    pub(super) lifecycle: Lifecycle,
    pub(super) is_draft: bool,
    pub(super) body: String,
    /// The commit that it is at.
    pub(super) head: String,
    pub(super) branch: String,
    pub(super) base: String,
    pub(super) readiness: Readiness,
    pub(super) has_queue: bool,
    pub(super) is_queued: bool,
    /// The host merges it as soon as it can.
    pub(super) is_auto: bool,
    /// The commit that it was merged as.
    pub(super) merged_as: Option<String>,
    /// Whether the repository allows auto-merge.
    pub(super) allows_auto: bool,
    /// The ways of merging that it allows, as REST names them.
    pub(super) methods: Vec<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Lifecycle {
    Open,
    Closed,
    Merged,
}

/// Whether all that is required is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// It is.
    Ready,
    /// Checks or reviews are still to come.
    Blocked,
    /// The base has moved on, and must be part of it first.
    Behind,
    Conflict,
    /// The host is still finding out.
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    name_with_owner: String,
    #[serde(default)]
    auto_merge_allowed: bool,
    #[serde(default)]
    merge_commit_allowed: bool,
    #[serde(default)]
    squash_merge_allowed: bool,
    #[serde(default)]
    rebase_merge_allowed: bool,
    pull_request: Option<Pull>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pull {
    id: String,
    state: Lifecycle,
    is_draft: bool,
    #[serde(default)]
    body: String,
    head_ref_oid: String,
    head_ref_name: String,
    base_ref_name: String,
    head_repository: Option<Named>,
    merge_state_status: String,
    is_merge_queue_enabled: bool,
    is_in_merge_queue: bool,
    auto_merge_request: Option<Value>,
    merge_commit: Option<Oid>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    name_with_owner: String,
}

#[derive(Deserialize)]
struct Oid {
    oid: String,
}

impl State {
    /// Asks the host.
    pub(super) async fn read(of: &AutoMerge, hands: &dyn Survey) -> Result<State, Failure> {
        let (owner, name) = of.pr.repo.split_once('/').unwrap_or_default();
        let asked = json!({ "owner": owner, "name": name, "number": of.pr.number });
        let told = of.host.query(hands, QUERY, &asked).await?;
        let told: Repository =
            serde_json::from_value(told["repository"].clone()).map_err(|_| {
                Failure::new("github-answer", "The host did not answer as GitHub does.")
            })?;
        let Some(pull) = told.pull_request else {
            let message = format!("There is no pull request {} there.", of.pr.number);
            return Err(Failure::new("github-not-found", message));
        };
        let methods = [
            ("merge", told.merge_commit_allowed),
            ("squash", told.squash_merge_allowed),
            ("rebase", told.rebase_merge_allowed),
        ];
        Ok(State {
            id: pull.id,
            repository: told.name_with_owner,
            head_repository: pull.head_repository.map(|it| it.name_with_owner),
            lifecycle: pull.state,
            is_draft: pull.is_draft,
            body: pull.body,
            head: pull.head_ref_oid,
            branch: pull.head_ref_name,
            base: pull.base_ref_name,
            readiness: match pull.merge_state_status.as_str() {
                // What fails of the last is not required.
                "CLEAN" | "HAS_HOOKS" | "UNSTABLE" => Readiness::Ready,
                "BLOCKED" => Readiness::Blocked,
                "BEHIND" => Readiness::Behind,
                "DIRTY" => Readiness::Conflict,
                _ => Readiness::Unknown,
            },
            has_queue: pull.is_merge_queue_enabled,
            is_queued: pull.is_in_merge_queue,
            is_auto: pull.auto_merge_request.is_some(),
            merged_as: pull.merge_commit.map(|it| it.oid),
            allows_auto: told.auto_merge_allowed,
            methods: methods
                .into_iter()
                .filter(|it| it.1)
                .map(|it| it.0)
                .collect(),
        })
    }
}

/// A branch as REST tells of it.
#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    protection: Protection,
}

#[derive(Default, Deserialize)]
struct Protection {
    #[serde(default)]
    required_status_checks: Option<Checks>,
}

#[derive(Deserialize)]
struct Checks {
    #[serde(default)]
    enforcement_level: String,
    #[serde(default)]
    contexts: Vec<String>,
}

/// A rule that holds for a branch.
#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    parameters: Value,
}

/// What a base asks of every pull request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Required {
    pub(super) checks: bool,
    pub(super) queue: bool,
}

impl Required {
    /// From the protection of the branch, and from the rules that hold for it.
    pub(super) async fn read(
        of: &AutoMerge,
        base: &str,
        hands: &dyn Survey,
    ) -> Result<Required, Failure> {
        let client = of.host.client(hands, of.host.of_repository());
        let (repo, base) = (&of.pr.repo, encoded(base));
        let branch: Branch = client
            .get(&format!("/repos/{repo}/branches/{base}"), "the base branch")
            .await?;
        let checks = branch.protection.required_status_checks;
        let classic =
            checks.is_some_and(|it| it.enforcement_level != "off" && !it.contexts.is_empty());
        let path = format!("/repos/{repo}/rules/branches/{base}?per_page=100");
        let rules: Vec<Rule> = match client.get(&path, "rules").await {
            Ok(rules) => rules,
            // An older host of one's own knows no rules.
            Err(failure) if failure.code == "github-not-found" => Vec::new(),
            Err(failure) => return Err(failure),
        };
        let some = |of: &Value| of.as_array().is_some_and(|all| !all.is_empty());
        Ok(Required {
            checks: classic
                || rules.iter().any(|rule| match rule.kind.as_str() {
                    "required_status_checks" => some(&rule.parameters["required_status_checks"]),
                    "workflows" => some(&rule.parameters["workflows"]),
                    _ => false,
                }),
            queue: rules.iter().any(|rule| rule.kind == "merge_queue"),
        })
    }
}

/// The name of a branch within an address.
fn encoded(branch: &str) -> String {
    let mut text = String::new();
    for byte in branch.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
