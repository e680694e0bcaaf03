// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The standard library's connect_timeout() asks poll() only. Usage: connect-rust HOST PORT
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let address = SocketAddr::new(words[1].parse::<IpAddr>().unwrap(), words[2].parse().unwrap());

    match TcpStream::connect_timeout(&address, Duration::from_secs(2)) {
        Ok(_) => println!("open"),
        Err(error) => println!("{}", error),
    }
}
