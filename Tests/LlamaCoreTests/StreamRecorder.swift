import LlamaCore

/// Copies of all sites, block by block and within a block text by text, `[tokens · hidden]` each.
struct StreamRecorder: LayerObserver {
  var before: [[Float]] = []
  var attention: [[Float]] = []
  var mlp: [[Float]] = []
  var after: [[Float]] = []

  func sites(at layer: Int) -> LayerSites { .all }

  mutating func observe(_ block: borrowing BlockTrace) {
    func copy(_ values: SiteValues) -> [Float] { values.indices.map { values[$0] } }
    before.append(copy(block.residualBefore))
    attention.append(copy(block.attention))
    mlp.append(copy(block.mlp))
    after.append(copy(block.residualAfter))
  }
}
