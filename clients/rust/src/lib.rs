//! Compares two versions of a video through a SAGE server.
//!
//! [`Client`] opens a session by itself and renews it before it ends. [`Client::ingest`] and the like
//! are the generated stubs of the contract, whose requests [`Client::signed`] signs; the other methods
//! are what takes more than one call.

use std::{collections::BTreeSet, path::Path, time::Duration};

use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use tokio::{sync::Mutex, time::Instant};
use tonic::{Code, Request, Status, Streaming, transport::Channel};
use uuid::Uuid;

mod contract;
pub use contract::*;

use compare::{CompareVideosRequest, CompareVideosResponse};
use embed::embedding_task::State as TaskState;
use embed::{CreateEmbeddingTaskRequest, CreateSessionRequest, EmbeddingTask};
use embed::{Session, WatchEmbeddingTasksRequest};
use ingest::upload::State as UploadState;
use ingest::{CompleteUploadRequest, CreateUploadRequest, ListVideosRequest};
use ingest::{UploadPartRequest, Video};

/// How long before its end a session is renewed, in seconds.
const RENEW_BEFORE: i64 = 60;
/// How long a server that went away is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The connection to one server.
pub struct Client {
    channel: Channel,
    api_key: String,
    session: Mutex<Session>,
}

impl Client {
    /// Prepares a client of the server at `http://host:port`. Without an API key of TwelveLabs it works
    /// in the server's anonymous workspace.
    pub fn new(server: &str, api_key: &str) -> Result<Self, Error> {
        let channel = Channel::from_shared(server.to_owned())?.connect_lazy();
        Ok(Self { channel, api_key: api_key.to_owned(), session: Mutex::default() })
    }

    /// A request with the token of a session, which is opened or renewed when there is need.
    pub async fn signed<T>(&self, message: T) -> Result<Request<T>, Status> {
        let mut session = self.session.lock().await;
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs() as i64;
        if session.expire_time.map_or(0, |end| end.seconds) - now < RENEW_BEFORE {
            let key = CreateSessionRequest { twelvelabs_api_key: self.api_key.clone() };
            *session = self.sessions().create_session(key).await?.into_inner();
        }
        let mut request = Request::new(message);
        let header = format!("Bearer {}", session.access_token).parse();
        request.metadata_mut().insert("authorization", header.map_err(|_| Status::internal("unusable token"))?);
        Ok(request)
    }

    /// The video of a file: the one with the same bytes that is there, or what becomes of the parts.
    /// Called again after it was interrupted, it sends those that are missing.
    pub async fn upload(&self, path: &Path, progress: impl Fn(u64, u64)) -> Result<Video, Error> {
        let mut file = File::open(path).await?;
        let (mut digest, mut block, mut size) = (Sha256::new(), vec![0; 1 << 20], 0u64);
        while let read @ 1.. = file.read(&mut block).await? {
            digest.update(&block[..read]);
            size += read as u64;
        }
        let sha256 = format!("{:x}", digest.finalize());
        let known = ListVideosRequest { sha256: sha256.clone(), ..Default::default() };
        let known = self.ingest().list_videos(self.signed(known).await?).await?.into_inner();
        if let Some(video) = known.videos.into_iter().next() {
            return Ok(video);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{sha256}/{name}").as_bytes());
        let mut request = CreateUploadRequest {
            display_name: name,
            size_bytes: size as i64,
            sha256,
            request_id: id.to_string(),
            ..Default::default()
        };
        let mut upload = self.ingest().create_upload(self.signed(request.clone()).await?).await?.into_inner();
        if !matches!(upload.state(), UploadState::Active | UploadState::Completing) {
            request.request_id = Uuid::new_v4().to_string();
            upload = self.ingest().create_upload(self.signed(request).await?).await?.into_inner();
        }
        for part_number in 1..=upload.part_count {
            let start = (part_number - 1) as u64 * upload.part_size as u64;
            let length = (size - start).min(upload.part_size as u64);
            if !upload.received_parts.contains(&part_number) {
                let mut data = vec![0; length as usize];
                file.seek(SeekFrom::Start(start)).await?;
                file.read_exact(&mut data).await?;
                let crc32c = Some(crc32c::crc32c(&data));
                let part = UploadPartRequest { upload: upload.name.clone(), part_number, data, crc32c };
                let give_up = Instant::now() + PATIENCE;
                while let Err(error) = self.ingest().upload_part(self.signed(part.clone()).await?).await {
                    wait_or_give_up(error, give_up).await?;
                }
            }
            progress(start + length, size);
        }
        let complete = CompleteUploadRequest { name: upload.name };
        Ok(self.ingest().complete_upload(self.signed(complete).await?).await?.into_inner())
    }

    /// Makes the embeddings of videos and tells of every change until all are there. A dropped watch
    /// goes on after the last revision that arrived.
    pub async fn embed_videos(&self, videos: &[String], progress: impl Fn(&EmbeddingTask)) -> Result<(), Error> {
        let mut watch = WatchEmbeddingTasksRequest::default();
        for video in BTreeSet::from_iter(videos) {
            let create = CreateEmbeddingTaskRequest { video: video.clone(), ..Default::default() };
            let task = self.embed().create_embedding_task(self.signed(create).await?).await?;
            watch.names.push(task.into_inner().name);
        }
        let mut give_up = Instant::now() + PATIENCE;
        while let Err(error) = self.follow(&mut watch, &mut give_up, &progress).await {
            wait_or_give_up(error, give_up).await?;
        }
        Ok(())
    }

    /// Tells of changes until all that is watched is there, or the watch is lost.
    async fn follow(
        &self,
        watch: &mut WatchEmbeddingTasksRequest,
        give_up: &mut Instant,
        progress: impl Fn(&EmbeddingTask),
    ) -> Result<(), Status> {
        let request = self.signed(watch.clone()).await?;
        let mut stream = self.embed().watch_embedding_tasks(request).await?.into_inner();
        while !watch.names.is_empty() {
            let message = stream.message().await?.ok_or_else(|| Status::unavailable("the watch ended"))?;
            *give_up = Instant::now() + PATIENCE;
            watch.after_revision = watch.after_revision.max(message.revision);
            for task in &message.embedding_tasks {
                progress(task);
                if matches!(task.state(), TaskState::Failed | TaskState::Cancelled) {
                    let why = task.error.as_ref().map_or("cancelled", |error| &error.message);
                    return Err(Status::aborted(format!("{}: {why}", task.video_display_name)));
                }
                if task.state() == TaskState::Succeeded {
                    watch.names.retain(|name| *name != task.name);
                }
            }
        }
        Ok(())
    }

    /// Streams a comparison: its header, distances, looks, regions and summary.
    pub async fn compare_videos(
        &self,
        request: CompareVideosRequest,
    ) -> Result<Streaming<CompareVideosResponse>, Status> {
        Ok(self.compare().compare_videos(self.signed(request).await?).await?.into_inner())
    }
}

/// Waits a second where the same call may succeed later; the error where it may not.
async fn wait_or_give_up(error: Status, give_up: Instant) -> Result<(), Status> {
    if error.code() != Code::Unavailable || Instant::now() > give_up {
        return Err(error);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(())
}
