import Benchmark
import LlamaCore
import Profiler

/// All blocks of the smallest fixture, on one thread. At this size what surrounds the products shows.
func addForwardPass() {
  addForwardPass("no observer") { model, texts, options in
    var observer = NoObserver()
    try model.run(texts, options: options, observer: &observer)
  }
  addForwardPass("all sites shown") { model, texts, options in
    var observer = Onlooker()
    try model.run(texts, options: options, observer: &observer)
    blackHole(observer.rows)
  }
  addForwardPass("all metrics") { model, texts, options in
    let identities = texts.indices.map { TextIdentity(domain: "samples", index: $0) }
    let layers = model.spec.layerCount
    var observer = try ProfileObserver(texts: identities, layerCount: layers) { blackHole($0) }
    try model.run(texts, options: options, observer: &observer)
    try observer.finish()
  }
}

/// Asks for everything and does nothing with it.
private struct Onlooker: LayerObserver {
  private(set) var rows = 0

  func sites(at layer: Int) -> LayerSites { .all }

  mutating func observe(_ block: borrowing BlockTrace) { rows += block.positions.count }
}

private func addForwardPass(
  _ observer: String, run: @escaping (LlamaModel, [[TokenID]], RunOptions) throws -> Void
) {
  Rate.tokens.add("Forward pass, \(observer)") {
    let model = try LlamaModel(directory: Fixtures.model)
    let ids = try Tokenizer(contentsOf: Fixtures.tokenizer).encode(String(try Fixtures.text().prefix(8000)))
    // Texts of 16 to 256 tokens.
    var (texts, start): ([[TokenID]], Int) = ([], 0)
    while texts.count < 8 {
      let length = 16 + texts.count * 240 / 7
      texts.append(Array(ids[start..<start + length]))
      start += length
    }
    return ((model: model, texts: texts), start)
  } body: {
    try run($0.model, $0.texts, RunOptions(threads: 1))
  }
}
