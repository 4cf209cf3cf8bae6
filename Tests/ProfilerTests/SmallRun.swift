import Foundation
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler
import TestSupport

/// A run small enough to work out by hand: texts of one token, a stream of width 1, two blocks.
struct SmallRun {
  let corpus: TokenizedCorpus
  /// What the blocks of each text add, as residual before, attention, MLP.
  let blocks: [[(Float, Float, Float)]]
  var groups: Set<Metric.Group> = []

  static let domain = "a,\"b\"\n"

  init(
    domains: [String] = [SmallRun.domain],
    blocks: [[(Float, Float, Float)]] = [[(2, 2, -0.5), (4, -2, 1)], [(1, -3, 0.25), (-2, 1, 0.5)]]
  ) {
    corpus = TokenizedCorpus(
      domains: domains.enumerated().map { domain, name in
        .init(
          name: name,
          texts: blocks.indices.map { .init(index: 2 * $0, tokens: [TokenID(domain * blocks.count + $0 + 1)]) },
          emptyTexts: 1, truncatedTexts: 2)
      })
    self.blocks = blocks
  }

  func profile(sink: @escaping ProfileObserver.Sink = { _ in }) throws -> CorpusProfile {
    let profiler = CorpusProfiler(
      corpus: corpus, layerCount: blocks.first?.count ?? 1, measuring: groups)
    return try profiler.profile(sink: sink) { texts, observer in
      for text in texts.indices {
        for (layer, (before, attention, mlp)) in blocks[text % blocks.count].enumerated() {
          try BlockInputs(hiddenSize: 1, before: [before], attention: [attention], mlp: [mlp])
            .show(to: &observer, layer: layer, text: text)
        }
      }
    }
  }

  /// What the profile command would store, with made-up facts.
  var settings: RunSettings {
    let layers = 0..<(blocks.first?.count ?? 1)
    var settings = MadeUpRun(domains: []) { _, _, _, _, _ in 0 }.settings
    settings.layers = layers
    settings.metrics = Metric.standard + groups.flatMap(\.metrics)
    settings.corpus = "corpus \"1\".json"
    return settings
  }

  /// Runs into a folder, a wave for every text, and writes the files.
  @discardableResult
  func write(to directory: URL) throws -> RunExport.Contents {
    let folder = try RunFolder(directory)
    let store = try folder.store(settings, corpus, startingAnew: true)
    var session = MadeUpRun.session
    try store.begin(session)
    _ = try profile { text in
      session.texts += 1
      session.tokens += text.tokens
      session.seconds += 1
      session.ended = session.started + session.seconds
      try store.add([text], session)
    }
    session.threadSeconds = [("matmul", 3), ("vector loops", 1)]
    try store.end(session)
    try folder.finish(store)
    return try RunExport(try folder.finishedStore()).write(to: directory)
  }
}
