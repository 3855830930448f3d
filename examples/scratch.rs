use std::time::Instant;
fn main() {
    let t = Instant::now();
    zhida::text::fold_str("網路");
    println!("first {:?}", t.elapsed());
    let t = Instant::now();
    for _ in 0..1000 {
        zhida::text::fold_str("我忘記登入密碼了，要怎麼重設？");
    }
    println!("trad 1000x {:?}", t.elapsed());
    let t = Instant::now();
    for _ in 0..1000 {
        zhida::text::fold_str("进不了自己的钱包账户，有哪些可能？");
    }
    println!("simp 1000x {:?}", t.elapsed());
    for s in [
        "行動電話",
        "登入",
        "伺服器",
        "程式",
        "我忘記登入密碼了",
        "信用卡",
        "計程車",
        "簡訊",
        "訊息",
        "點算",
        "晶片",
        "乾淨",
        "著作",
        "看著",
        "行動支付",
        "滑鼠",
    ] {
        println!("{s} -> {}", zhida::text::fold_str(s));
    }
}
