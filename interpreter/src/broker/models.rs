//! Calls of models: to where the operator says that the provider is, with the key that is for there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use hyper::Method;
use hyper::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret as _, SecretString};
use tau_lang::authority::{Holder, Rule, Rules};
use tau_lang::syntax::tree::Effect;

use super::heard::Heard;
use super::web::fields;
use super::{Broker, not_kept};
use crate::action::{Account, Asking, Failure, FailureKind, Keep, Missing, Reply};
use crate::blobs::sha256;
use crate::content::Contents;
use crate::journal::{Entry, ModelAnswered};
use crate::ledger::Amount;
use crate::models::Instead;
use crate::net::client::{Answer, Ask, NoAnswer, Patience, Reading, exchange};
use crate::net::url::Url;
use crate::net::{Gate, hosts};
use crate::providers::Provider;
use crate::secrets::Refused;

/// The most bytes of an answer. One that is longer is no answer of a model.
const LARGEST: u64 = 32 << 20;

/// The fields of an answer that are recorded: what they say of limits, and who to ask about it.
const RECORDED: &[&str] = &[
    "content-type",
    "openai-processing-ms",
    "request-id",
    "retry-after",
    "retry-after-ms",
    "x-request-id",
];

/// Limits of rates have many names, which all begin so.
const RECORDED_LIMITS: &[&str] = &["x-ratelimit-", "anthropic-ratelimit-"];

impl Broker {
    /// The models that are granted, in the order of the innermost mission.
    pub(super) fn granted_models(&self) -> Result<Vec<String>, Failure> {
        let providers = &self.world.providers;
        let grants = self.model_grants();
        let mut models: Vec<String> = Vec::new();
        let mut refused = None;
        let mut is_granted = false;
        for model in grants.flat_map(|rule| {
            is_granted = true;
            providers.meant(&rule.pattern)
        }) {
            match self.allows(Effect::Model, None, &model) {
                true if models.contains(&model) => {}
                true => models.push(model),
                false => refused = refused.or(Some(model)),
            }
        }
        if !models.is_empty() {
            return Ok(models);
        }
        if !is_granted {
            self.ask(Effect::Model, None, "*")?;
        }
        // Who does not let it be asked says why.
        if let Some(model) = refused {
            self.ask(Effect::Model, None, &model)?;
        }
        let path = providers.path().display();
        let message = format!(
            "Step `{}` may ask models, and names none: no provider of `{path}` has a `default` that is granted.",
            self.step
        );
        Err(Failure {
            kind: FailureKind::Blocked(missing("*")),
            ..Failure::new("model-unnamed", message)
        }
        .help(format!(
            "Name one as `model: \"PROVIDER/MODEL\"` in the step or in `authority`, or give its provider a `default` in `{path}`."
        )))
    }

    /// What is asked in place of a model that is not there: what stands behind it and behind `else` in the
    /// line of the innermost mission that grants it, as far as the callers and policies leave it.
    pub(super) fn granted_else(&self, model: &str) -> Vec<String> {
        let mut grants = self.model_grants();
        let Some(own) = grants.find(|rule| rule.pattern.covers(model)) else {
            return Vec::new();
        };
        let behind = grants.filter(|rule| rule.is_else && rule.at == own.at);
        let mut models: Vec<String> = Vec::new();
        for other in behind.flat_map(|rule| self.world.providers.meant(&rule.pattern)) {
            let is_new = other != model && !models.contains(&other);
            if is_new && self.allows(Effect::Model, None, &other) {
                models.push(other);
            }
        }
        models
    }

    /// What the innermost mission grants of models, in its order.
    fn model_grants(&self) -> impl Iterator<Item = &Rule> {
        let mut own = self.rules.iter().rev();
        let own = own.find(|rules| rules.holder() == Holder::Mission);
        let grants = own.into_iter().flat_map(|rules| rules.all());
        grants.filter(|rule| rule.effect == Effect::Model && !rule.deny)
    }

    pub(super) fn provider_of(&self, model: &str) -> Result<(Provider, String), Failure> {
        let found = self.world.providers.of(model);
        let (provider, name) = found.map_err(|why| Failure {
            kind: FailureKind::Blocked(missing(model)),
            ..Failure::new("provider-missing", why)
        })?;
        Ok((provider.clone(), name.to_owned()))
    }

    /// Calls a model, unless its answer is known.
    pub(super) async fn model_called(&self, asking: Asking<'_>) -> Result<Reply, Failure> {
        self.ask(Effect::Model, None, asking.model)?;
        let (provider, _) = self.provider_of(asking.model)?;
        // INVARIANT: the key is known before anything is recorded or sent, so it is taken out of the
        // prompt like every other secret.
        let key = self.provider_key(&provider).await;
        let mut body = asking.body.clone();
        self.redactor().json(&mut body);
        let body = body.to_string();
        let request = sha256(format!("{}\n{body}", provider.url(asking.path)).as_bytes());
        match self.world.answers.instead(&self.step, &request) {
            Some(Instead::Recorded(answered)) => self.recorded(&answered),
            Some(Instead::Replayed(run, answered)) => {
                self.replayed(&asking, run, answered, &body).await
            }
            Some(Instead::Nothing(run)) => {
                let message = format!(
                    "Run {run} is replayed, and has no further answer for step `{}`.",
                    self.step
                );
                Err(Failure::new("model-not-recorded", message)
                    .help("Run it without `--models replay:…` to ask the model."))
            }
            None => {
                let key = key?;
                self.called(&asking, &provider, key, body, request).await
            }
        }
    }

    /// What an earlier owner of the run was answered.
    fn recorded(&self, answered: &ModelAnswered) -> Result<Reply, Failure> {
        let body = answered.body(&self.world.blobs).map_err(not_kept)?;
        Ok(Reply {
            status: answered.status,
            headers: answered.headers.clone(),
            body: String::from_utf8_lossy(&body.unwrap_or_default()).into_owned(),
            is_recorded: true,
        })
    }

    /// What another run was answered. It counts as calls and tokens, as it did there, and costs
    /// nothing.
    async fn replayed(
        &self,
        asking: &Asking<'_>,
        run: String,
        answered: ModelAnswered,
        body: &str,
    ) -> Result<Reply, Failure> {
        let reply = self.recorded(&answered)?;
        let free = |amount: Amount| Amount {
            micro_usd: 0,
            ..amount
        };
        let reservation = self.reserved(asking.model, free(asking.most)).await?;
        let account = Account {
            used: Some(free(answered.used)),
            is_answer: true,
            facts: answered.facts.clone(),
        };
        let url = answered.url;
        let told = Told {
            url: url.clone(),
            seconds: 0.0,
            request: sha256(format!("{url}\n{body}").as_bytes()),
            replayed: Some(run),
        };
        self.note_answer(asking, reservation, told, body, &reply, account)
            .await?;
        Ok(reply)
    }

    async fn called(
        &self,
        asking: &Asking<'_>,
        provider: &Provider,
        key: Option<SecretString>,
        body: String,
        request: String,
    ) -> Result<Reply, Failure> {
        let world = &self.world;
        let text = provider.url(asking.path);
        let url = Url::new(&text).map_err(|why| {
            let message = format!("`{text}` is no address of a provider: {why}.");
            Failure::new("url-invalid", message)
        })?;
        let headers = model_fields(asking, provider, key)?;
        let reservation = self.reserved(asking.model, asking.most).await?;
        let began = world.clock.instant();
        let ask = Ask {
            method: Method::POST,
            url: url.clone(),
            headers,
            body: Bytes::from(body.clone()),
        };
        let (first, idle) = asking.patience;
        let heard = Heard::new(self, asking.reads);
        let reading = Reading {
            most: LARGEST,
            patience: Some(Patience { first, idle }),
            is_whole: &|body| {
                heard.come(body);
                asking.reads.is_whole(body)
            },
        };
        let sent = AtomicBool::new(false);
        let gate = self.gate_to(provider, &url);
        let asked = exchange(&gate, &world.network.roots, ask, &reading, &sent);
        let answered = match self.in_time(asked, asking.timeout).await {
            Some(answered) => answered,
            None => Err(NoAnswer::Silent(asking.timeout)),
        };
        heard.end();
        let answer = match answered {
            Ok(answer) => answer,
            Err(not) => {
                // What was not sent has taken nothing. What was sent may have: it counts whole.
                if !sent.load(Ordering::Relaxed) {
                    self.settled(reservation, Amount::default());
                }
                return Err(self.no_model_answer(&url, not));
            }
        };
        let reply = self.reply(answer);
        let account = asking.reads.account(&reply);
        let told = Told {
            url: url.to_string(),
            seconds: world.clock.since(began).as_secs_f64(),
            request,
            replayed: None,
        };
        self.note_answer(asking, reservation, told, &body, &reply, account)
            .await?;
        Ok(reply)
    }

    /// The key of a provider, which is for its host and no other.
    async fn provider_key(&self, provider: &Provider) -> Result<Option<SecretString>, Failure> {
        let Some(key) = &provider.key else {
            return Ok(None);
        };
        let url = &provider.base;
        if !url.is_secure() && !url.is_here() {
            let message =
                format!("`{url}` is not encrypted, and the key `{key}` would be sent there.");
            return Err(Failure::new("secret-not-encrypted", message));
        }
        let secrets = &self.world.secrets;
        let value = match secrets.for_host(key, &url.host()).await {
            // Nobody has said where it belongs but the operator, who has said that it belongs here.
            Err(Refused::Unbound) => secrets.value(key).await.map_err(Refused::Unavailable),
            other => other,
        };
        value.map(Some).map_err(|why| self.refused(key, &why))
    }

    /// The way to a provider, and to nothing else. What somebody has denied stays denied.
    fn gate_to(&self, provider: &Provider, url: &Url) -> Gate {
        let says = format!("provider `{}` is at", provider.name);
        let mut all = vec![hosts::only(url.target(), &provider.addresses, &says)];
        for rules in self.rules.iter() {
            let denied = rules.all().iter();
            let denied = denied.filter(|rule| rule.effect == Effect::Net && rule.deny);
            all.push(Rules::of(Holder::Policy, denied.cloned().collect()));
        }
        let world = &self.world;
        let names = world.network.names.clone();
        Gate::new(Arc::new(all), names, world.clock.clone())
    }

    /// An answer without secrets: a host may answer with what it was sent.
    fn reply(&self, answer: Answer) -> Reply {
        let redactor = self.redactor();
        let body = String::from_utf8_lossy(&answer.body);
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &answer.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            headers.insert(name.as_str().to_owned(), redactor.text(&value).into_owned());
        }
        Reply {
            status: answer.status,
            headers,
            body: redactor.text(&body).into_owned(),
            is_recorded: false,
        }
    }

    fn no_model_answer(&self, url: &Url, not: NoAnswer) -> Failure {
        let failure = self.not_answered(url, not, LARGEST);
        let code = match failure.code.as_str() {
            "host-unreachable" => "model-unreachable",
            "http-timeout" => "model-silent",
            "http-broken" => "model-broken",
            "http-too-large" => "model-too-large",
            _ => return failure,
        };
        Failure {
            code: code.to_owned(),
            help: None,
            ..failure
        }
    }

    /// Records an answer and what it has taken. It is durable when this returns.
    async fn note_answer(
        &self,
        asking: &Asking<'_>,
        reservation: u64,
        told: Told,
        sent: &str,
        reply: &Reply,
        account: Account,
    ) -> Result<(), Failure> {
        let used = account.used.unwrap_or(asking.most);
        self.world.ledger.settle(reservation, used);
        let answer = sha256(reply.body.as_bytes());
        let mut contents = Contents::default();
        if asking.keep == Keep::Full {
            for (name, bytes) in [(&told.request, sent), (&answer, &reply.body)] {
                if !contents.take_in(name, bytes.as_bytes()) {
                    let kept = self.world.blobs.put(bytes.as_bytes()).map_err(not_kept)?;
                    contents.in_blob(name, kept);
                }
            }
        }
        let kept = |digest: String| (asking.keep != Keep::None).then_some(digest);
        let is_recorded = |name: &str| {
            RECORDED.contains(&name) || RECORDED_LIMITS.iter().any(|it| name.starts_with(it))
        };
        let headers = reply.headers.iter();
        let headers = headers.filter(|(name, _)| is_recorded(name));
        let answered = ModelAnswered {
            reservation,
            step: self.step.clone(),
            model: asking.model.to_owned(),
            url: told.url,
            keep: asking.keep,
            request: kept(told.request),
            answer: kept(answer),
            status: reply.status,
            headers: headers
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            seconds: told.seconds,
            used,
            is_answer: account.is_answer && asking.keep == Keep::Full,
            facts: account.facts,
            replayed: told.replayed,
            contents,
        };
        let entry = Entry::ModelAnswered(Box::new(answered));
        let written = self.world.journal.write(entry).await;
        written.map_err(|why| Failure::new("journal-failed", why))
    }
}

/// The fields of a request, with the provider's key.
fn model_fields(
    asking: &Asking<'_>,
    provider: &Provider,
    key: Option<SecretString>,
) -> Result<HeaderMap, Failure> {
    let mut headers = fields(&asking.headers)?;
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let tau = HeaderValue::from_static(concat!("tau/", env!("CARGO_PKG_VERSION")));
    headers.insert(USER_AGENT, tau);
    let Some(key) = key else {
        return Ok(headers);
    };
    let (name, value) = match &provider.key_field {
        Some(field) => (field.clone(), key.expose_secret().to_owned()),
        None => {
            let value = format!("Bearer {}", key.expose_secret());
            ("Authorization".to_owned(), value)
        }
    };
    let mut own = fields(&BTreeMap::from([(name, value)]))?;
    own.values_mut().for_each(|value| value.set_sensitive(true));
    headers.extend(own);
    Ok(headers)
}

/// What is told of a call beside what was sent and answered.
struct Told {
    url: String,
    seconds: f64,
    request: String,
    replayed: Option<String>,
}

fn missing(model: &str) -> Missing {
    Missing {
        effect: Effect::Model.to_string(),
        scope: model.to_owned(),
        limited_by: "machine".to_owned(),
        limited_at: None,
        grant: None,
    }
}
