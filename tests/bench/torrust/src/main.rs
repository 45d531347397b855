// SPDX-License-Identifier: BSD-3-Clause
//! Torrust's torrent repositories under the four workloads of bench_repository.
//!
//! usage: torrust-repositories THREADS ROUNDS
//!
//! Lines of output: WORKLOAD WAY REPOSITORY NANOSECONDS-PER-OPERATION, of the median sample. Ways:
//! `tasks`, a tokio task for each operation, spawned and joined within the measured time, on a
//! runtime of THREADS + 1 workers, as in Torrust's benchmark; `bare`, THREADS threads that each loop
//! over a part: only the repository.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use futures::executor::block_on;
use torrust_tracker_primitives::info_hash::InfoHash;
use torrust_tracker_primitives::peer::fixture::PeerBuilder;
use torrust_tracker_primitives::peer::Peer;
use torrust_tracker_torrent_repository as torrust;
use torrust_tracker_torrent_repository::repository::{Repository, RepositoryAsync};

const OPERATIONS: usize = 10_000;
const SAMPLES: usize = 10;
const ADD_ONE_SAMPLES: usize = 50_000;

/// Both traits of Torrust as one: an operation that may block.
trait Store: Default + Send + Sync + 'static {
    fn upsert(&self, hash: &InfoHash, peer: &Peer) -> impl std::future::Future<Output = ()> + Send;
}

macro_rules! store {
    ($name:ident, $repository:ty, $entry:ty) => {
        #[derive(Default)]
        struct $name($repository);

        impl Store for $name {
            async fn upsert(&self, hash: &InfoHash, peer: &Peer) {
                Repository::<$entry>::upsert_peer(&self.0, hash, peer);
                black_box(Repository::<$entry>::get_swarm_metadata(&self.0, hash));
            }
        }
    };
    (async $name:ident, $repository:ty, $entry:ty) => {
        #[derive(Default)]
        struct $name($repository);

        impl Store for $name {
            async fn upsert(&self, hash: &InfoHash, peer: &Peer) {
                RepositoryAsync::<$entry>::upsert_peer(&self.0, hash, peer).await;
                black_box(RepositoryAsync::<$entry>::get_swarm_metadata(&self.0, hash).await);
            }
        }
    };
}

store!(RwLockStd, torrust::TorrentsRwLockStd, torrust::EntrySingle);
store!(RwLockStdMutexStd, torrust::TorrentsRwLockStdMutexStd, torrust::EntryMutexStd);
store!(SkipMapMutexStd, torrust::TorrentsSkipMapMutexStd, torrust::EntryMutexStd);
store!(SkipMapMutexParkingLot, torrust::TorrentsSkipMapMutexParkingLot, torrust::EntryMutexParkingLot);
store!(SkipMapRwLockParkingLot, torrust::TorrentsSkipMapRwLockParkingLot, torrust::EntryRwLockParkingLot);
store!(DashMapMutexStd, torrust::TorrentsDashMapMutexStd, torrust::EntryMutexStd);
store!(async RwLockStdMutexTokio, torrust::TorrentsRwLockStdMutexTokio, torrust::EntryMutexTokio);
store!(async RwLockTokio, torrust::TorrentsRwLockTokio, torrust::EntrySingle);
store!(async RwLockTokioMutexStd, torrust::TorrentsRwLockTokioMutexStd, torrust::EntryMutexStd);
store!(async RwLockTokioMutexTokio, torrust::TorrentsRwLockTokioMutexTokio, torrust::EntryMutexTokio);

struct Bench {
    threads: usize,
    rounds: usize,
    runtime: tokio::runtime::Runtime,
}

fn peer() -> Peer {
    let mut peer = PeerBuilder::seeder().build();
    peer.peer_addr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
    peer
}

/// A counter in the first four bytes, shuffled: in steps that have no factor in common with the count.
fn hashes() -> Vec<InfoHash> {
    (0..OPERATIONS as u32)
        .map(|i| {
            let mut bytes = [0u8; 20];
            bytes[..4].copy_from_slice(&(i * 7919 % OPERATIONS as u32).to_le_bytes());
            InfoHash::from_bytes(&bytes)
        })
        .collect()
}

/// All operations in parallel, each as a task.
fn tasks<S: Store>(bench: &Bench, store: &Arc<S>, hashes: &Arc<Vec<InfoHash>>) -> Duration {
    bench.runtime.block_on(async {
        let start = Instant::now();
        let handles: futures::stream::FuturesUnordered<_> = (0..OPERATIONS)
            .map(|i| {
                let (store, hash, peer) = (store.clone(), hashes[i], peer());
                tokio::spawn(async move { store.upsert(&hash, &peer).await })
            })
            .collect();
        for handle in handles {
            handle.await.expect("a task ends");
        }
        start.elapsed()
    })
}

/// All operations in parallel, divided among threads that were started before.
fn bare<S: Store>(bench: &Bench, store: &Arc<S>, hashes: &Arc<Vec<InfoHash>>) -> Duration {
    let barrier = Barrier::new(bench.threads);
    let part = |thread: usize| {
        let peer = peer();
        barrier.wait();
        let start = Instant::now();
        for hash in hashes.iter().skip(thread).step_by(bench.threads) {
            block_on(store.upsert(hash, &peer));
        }
        (start, Instant::now())
    };
    std::thread::scope(|scope| {
        let part = &part;
        let others: Vec<_> = (1..bench.threads).map(|i| scope.spawn(move || part(i))).collect();
        let mut times = vec![part(0)];
        times.extend(others.into_iter().map(|other| other.join().expect("a thread ends")));
        let start = times.iter().map(|time| time.0).min().expect("a thread");
        times.iter().map(|time| time.1).max().expect("a thread") - start
    })
}

fn median(mut samples: Vec<Duration>) -> f64 {
    samples.sort();
    samples[samples.len() / 2].as_nanos() as f64
}

fn report(workload: &str, way: &str, name: &str, samples: Vec<Duration>, operations: usize) {
    println!("{workload} {way} {name} {:.1}", median(samples) / operations as f64);
}

fn add_one<S: Store>(bench: &Bench, name: &str) {
    let (hash, peer) = (InfoHash::default(), peer());
    let clock = (0..1000).map(|_| Instant::now().elapsed()).min().expect("a reading");
    let mut samples = Vec::new();
    for _ in 0..ADD_ONE_SAMPLES * bench.rounds {
        let store = S::default();
        let start = Instant::now();
        block_on(store.upsert(&hash, &peer));
        samples.push(start.elapsed().saturating_sub(clock));
    }
    report("add_one", "bare", name, samples, 1);
}

type Way<S> = fn(&Bench, &Arc<S>, &Arc<Vec<InfoHash>>) -> Duration;

fn parallel<S: Store>(bench: &Bench, name: &str, way_name: &str, way: Way<S>) {
    let (one, many) = (Arc::new(vec![InfoHash::default(); OPERATIONS]), Arc::new(hashes()));
    let samples = SAMPLES * bench.rounds;
    let update = |hashes: &Arc<Vec<InfoHash>>| {
        let store = Arc::new(S::default());
        way(bench, &store, hashes);
        (0..samples).map(|_| way(bench, &store, hashes)).collect()
    };
    let add = (0..samples).map(|_| way(bench, &Arc::new(S::default()), &many)).collect();
    report("update_one", way_name, name, update(&one), OPERATIONS);
    report("add_multiple", way_name, name, add, OPERATIONS);
    report("update_multiple", way_name, name, update(&many), OPERATIONS);
}

fn measure<S: Store>(bench: &Bench, name: &str) {
    add_one::<S>(bench, name);
    parallel::<S>(bench, name, "tasks", tasks::<S>);
    parallel::<S>(bench, name, "bare", bare::<S>);
}

fn main() {
    let number = |at| std::env::args().nth(at).and_then(|text: String| text.parse().ok());
    let (Some(threads), Some(rounds)) = (number(1), number(2)) else {
        eprintln!("usage: torrust-repositories THREADS ROUNDS");
        std::process::exit(2);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads + 1)
        .build()
        .expect("a runtime");
    let bench = Bench { threads, rounds, runtime };

    measure::<RwLockStd>(&bench, "RwLockStd");
    measure::<RwLockStdMutexStd>(&bench, "RwLockStdMutexStd");
    measure::<RwLockStdMutexTokio>(&bench, "RwLockStdMutexTokio");
    measure::<RwLockTokio>(&bench, "RwLockTokio");
    measure::<RwLockTokioMutexStd>(&bench, "RwLockTokioMutexStd");
    measure::<RwLockTokioMutexTokio>(&bench, "RwLockTokioMutexTokio");
    measure::<SkipMapMutexStd>(&bench, "SkipMapMutexStd");
    measure::<SkipMapMutexParkingLot>(&bench, "SkipMapMutexParkingLot");
    measure::<SkipMapRwLockParkingLot>(&bench, "SkipMapRwLockParkingLot");
    measure::<DashMapMutexStd>(&bench, "DashMapMutexStd");
}
