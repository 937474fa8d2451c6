//! `for`: one round for each item of a list, as many at the same time as the plan allows.

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde_json::{Map, Value as Json};
use tau_lang::plan::{For, MAX_AT_ONCE, MAX_ROUNDS, Node};
use tau_lang::syntax::tree::Value;
use tau_lang::types::INT;

use super::frame::Frame;
use super::progress::Stopped;
use super::scheduler::{Reused, Runner, Stop, stop};
use crate::action::Failure;

impl Runner {
    /// Rounds begin in the order of the items. When one stops, no other begins, and those that
    /// run are waited for. Behind the loop the names of its body are lists, in that order too.
    pub(super) async fn each(
        &self,
        frame: &Frame,
        node: &Node,
        it: &For,
        round: &str,
        fresh: bool,
    ) -> Result<Reused, Stop> {
        let items = self.items(frame, node, it)?;
        let width = self.width(frame, node, it)?;
        // Rounds that meet rest on the ones before, as statements do.
        let chained = it.meet.is_some();
        let mut renewed = fresh;
        let mut all_reused = true;
        let mut given: Vec<Map<String, Json>> = vec![Map::new(); items.len()];
        let mut waiting = items.into_iter().enumerate();
        let mut running = FuturesUnordered::new();
        let mut stopped = Stopped::default();
        loop {
            while !stopped.has_stopped()
                && running.len() < width
                && let Some((index, item)) = waiting.next()
            {
                let inner = frame.in_round(&node.uses, &it.name, item);
                let number = numbered(round, index + 1);
                let fresh = renewed;
                running.push(async move {
                    let ended = self.block(&inner, &it.body, &number, fresh).await;
                    (index, inner, ended)
                });
            }
            let Some((index, inner, ended)) = running.next().await else {
                break;
            };
            match ended {
                Ok(reused) => {
                    all_reused &= reused;
                    renewed |= chained && !reused;
                    given[index] = inner.with(|context| {
                        let names = node.defines.iter();
                        let taken = names
                            .map(|name| (name.clone(), context.remove(name).unwrap_or_default()));
                        taken.collect()
                    });
                }
                Err(mut stop) => {
                    if let Stop::Step { reused, .. } = &mut stop {
                        all_reused &= *reused;
                    }
                    stopped.add(index, stop);
                }
            }
        }
        let reused = stopped.or(all_reused)?;
        frame.with(|context| {
            for name in &node.defines {
                let list = given
                    .iter_mut()
                    .map(|it| it.remove(name).unwrap_or_default());
                context.insert(name.clone(), list.collect());
            }
        });
        Ok(reused && !fresh)
    }

    /// The items, no more than the loop may have.
    fn items(&self, frame: &Frame, node: &Node, it: &For) -> Result<Vec<Json>, Stop> {
        let items = match self.value(frame, &it.items, &it.list, node)? {
            Json::Array(items) => items,
            _ => Vec::new(),
        };
        let most = match &it.most {
            Some(most) => self.bounded(frame, node, most, MAX_ROUNDS, "rounds")?,
            None => usize::try_from(MAX_ROUNDS).unwrap_or(usize::MAX),
        };
        if items.len() > most {
            let message = format!(
                "The list has {} items, and the loop may have {most} rounds.",
                items.len()
            );
            return Err(stop(node, Failure::new("loop-too-long", message)));
        }
        Ok(items)
    }

    /// How many rounds may run at the same time.
    fn width(&self, frame: &Frame, node: &Node, it: &For) -> Result<usize, Stop> {
        let width = match &it.at_once {
            Some(at_once) => self.bounded(frame, node, at_once, MAX_AT_ONCE, "rounds at once")?,
            None => 1,
        };
        Ok(if it.meet.is_some() { 1 } else { width })
    }

    fn bounded(
        &self,
        frame: &Frame,
        node: &Node,
        value: &Value,
        most: i64,
        what: &str,
    ) -> Result<usize, Stop> {
        let number = self.value(frame, value, &INT, node)?.as_i64().unwrap_or(0);
        match usize::try_from(number) {
            Ok(fits) if (1..=most).contains(&number) => Ok(fits),
            _ => {
                let message = format!("A loop may have 1 to {most} {what}, not {number}.");
                Err(stop(node, Failure::new("loop-too-long", message)))
            }
        }
    }
}

/// The number of a round behind those of the rounds around it: `2.3`.
pub(super) fn numbered(round: &str, number: usize) -> String {
    match round {
        "" => number.to_string(),
        round => format!("{round}.{number}"),
    }
}
