//! The least that a server of this kind can do: one axum handler that answers with a file, read once.
//!
//! `benches/http` measures it beside the help centre. The file and the address are its arguments: `bare FILE ADDRESS TYPE`.

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::any;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` adds `--bench` to what it was told.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let [file, address, kind] = arguments.as_slice() else {
        println!("nothing to measure by itself; see benches/http");
        return Ok(());
    };
    let (body, kind) = (Bytes::from(std::fs::read(file)?), kind.clone());
    let answer = move || {
        let (body, kind) = (body.clone(), kind.clone());
        async move { ([(CONTENT_TYPE, kind)], body) }
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        axum::serve(listener, Router::new().fallback(any(answer))).await?;
        Ok(())
    })
}
