//! Every run is a job: the index of runs, the queue that workers take them from, and forgetting
//! old ones.
//!
//! `tau.db` in the home is an SQLite database that makes runs fast to find and lets workers share
//! them out. It decides nothing. What a run is stands in its journal, and whoever has a run's lease
//! runs it; so the database may be deleted at any time, and is made anew.

mod db;
mod index;
mod present;
pub mod prune;
mod queue;
mod seat;
mod sql;
mod stamp;
mod status;
mod summary;

pub use self::db::{Db, DbError, FILE};
pub use self::index::{Index, Listed};
pub use self::queue::{Done, Job, Queue, tell};
pub use self::seat::{Holder, Seat, Taken};
pub use self::status::{Look, Status};
pub use self::summary::{Standing, Summary, standing};
