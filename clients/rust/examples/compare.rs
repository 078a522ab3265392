//! Compares two videos: cargo run --example compare A.mp4 B.mp4 [http://127.0.0.1:8080]

use sage::Client;
use sage::compare::{CompareVideosRequest, RegionKind, compare_videos_response::Payload};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let server = arguments.get(2).map_or("http://127.0.0.1:8080", String::as_str);
    let result = match &arguments[..] {
        [a, b, ..] => run([a, b], server).await,
        _ => Err("usage: compare A.mp4 B.mp4 [http://127.0.0.1:8080]".into()),
    };
    if let Err(error) = result {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

async fn run(paths: [&String; 2], server: &str) -> Result<(), sage::Error> {
    let key = std::env::var("TWELVELABS_API_KEY").unwrap_or_default();
    let client = Client::new(server, &key)?;
    let mut videos = Vec::new();
    for path in paths {
        let show = |sent, size| println!("{path}: uploaded {} %", 100 * sent / size);
        videos.push(client.upload(path.as_ref(), show).await?.name);
    }
    client
        .embed_videos(&videos, |task| {
            println!("{}: {} {:.0} %", task.video_display_name, task.stage, 100.0 * task.progress);
        })
        .await?;
    let [a, b] = [videos[0].clone(), videos[1].clone()];
    let mut answer = client.compare_videos(CompareVideosRequest { a, b, options: None }).await?;
    while let Some(message) = answer.message().await? {
        match message.payload {
            Some(Payload::Region(region)) if region.kind() != RegionKind::Unchanged => {
                let kind = region.kind().as_str_name().trim_start_matches("REGION_KIND_").to_lowercase();
                println!(
                    "{kind}: A {:.3}-{:.3} s, B {:.3}-{:.3} s",
                    region.a_start, region.a_end, region.b_start, region.b_end
                );
            }
            Some(Payload::Summary(summary)) => println!("{} differences", summary.difference_count),
            _ => {}
        }
    }
    Ok(())
}
