//! x
fn main() {
    tickmark_fuzz::seeds::check("change", tickmark_fuzz::change::check);
    tickmark_fuzz::seeds::check("descriptor", tickmark_fuzz::descriptor::check);
    // a slow little mutator
    let mut x: u64 = 88172645463325252;
    let mut next = || { x ^= x << 13; x ^= x >> 7; x ^= x << 17; x };
    let seeds: Vec<Vec<u8>> = std::fs::read_dir(tickmark_fuzz::seeds::folder("change")).unwrap().map(|f| std::fs::read(f.unwrap().path()).unwrap()).collect();
    let start = std::time::Instant::now();
    let mut n = 0u64; let mut good = 0u64;
    while start.elapsed().as_secs() < 240 {
        let mut b = seeds[next() as usize % seeds.len()].clone();
        for _ in 0..(1 + next() % 8) {
            let at = next() as usize % b.len();
            match next() % 4 {
                0 => b[at] = next() as u8,
                1 => b[at] = b"{}[]\",:0-9aTZ\\\n"[next() as usize % 15],
                2 => { let to = (at + next() as usize % 40).min(b.len()); b.drain(at..to); if b.is_empty() { b.push(0) } }
                _ => { let to = (at + next() as usize % 40).min(b.len()); let c: Vec<u8> = b[at..to].to_vec(); let p = next() as usize % b.len(); b.splice(p..p, c); }
            }
        }
        n += 1; good += u64::from(tickmark_fuzz::change::check(&b));
    }
    println!("{n} inputs, {good} read");
}
