//! What works behind the answers, and how it ends: before the database is closed under it.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::webhook::Courier;

/// Tasks beside the server. They go on when this is dropped without an end.
#[derive(Debug, Default)]
pub struct Background {
    /// Those that may be cut off wherever they are.
    tasks: Vec<JoinHandle<()>>,
    courier: Option<Carrying>,
}

/// The courier at work.
#[derive(Debug)]
struct Carrying {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Background {
    /// Starts work that may be cut off wherever it is.
    pub fn spawn(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.push(tokio::spawn(work));
    }

    /// Starts to deliver webhooks.
    pub fn deliver(&mut self, courier: Courier) {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(courier.run(async {
            // Whoever drops the other end has no use for it any more either.
            let _ = stopped.await;
        }));
        self.courier = Some(Carrying { stop, task });
    }

    /// Ends the delivery of webhooks: what is under way is waited for, for so long at most, so that nothing that arrived is
    /// sent again.
    pub async fn finish_deliveries(&mut self, patience: Duration) {
        let Some(Carrying { stop, mut task }) = self.courier.take() else { return };
        // Where nobody listens, it has ended already.
        let _ = stop.send(());
        if tokio::time::timeout(patience, &mut task).await.is_err() {
            tracing::warn!("webhooks that were not answered yet are cut off; they are sent again under the same ids");
            end(task).await;
        }
    }

    /// Ends everything, and returns when nothing uses the database any more.
    pub async fn end(self) {
        for task in self.tasks {
            end(task).await;
        }
        if let Some(Carrying { task, .. }) = self.courier {
            end(task).await;
        }
    }
}

async fn end(task: JoinHandle<()>) {
    task.abort();
    // It says that it was cut off.
    let _ = task.await;
}
