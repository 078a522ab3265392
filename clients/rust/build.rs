//! Makes the stubs from the image of the contract, so that no protoc is needed.

use prost::Message;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=sage.binpb");
    let image = prost_types::FileDescriptorSet::decode(std::fs::read("sage.binpb")?.as_slice())?;
    tonic_prost_build::configure().build_server(false).include_file("contract.rs").compile_fds(image)?;
    Ok(())
}
