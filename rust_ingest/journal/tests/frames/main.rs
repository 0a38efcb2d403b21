//! The frame log from outside: what it keeps, and what it does when files, disks and processes fail.

mod ahead;
mod allocation;
mod compression;
mod crash;
mod damage;
mod following;
mod full_disk;
mod log;
mod retention;
mod round_trip;
