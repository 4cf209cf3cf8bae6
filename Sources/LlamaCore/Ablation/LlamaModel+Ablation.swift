import Foundation

/// One text of an ablation.
public struct AblatedText: Sendable, Equatable {
  /// 0-based index of the text in the call.
  public let text: Int
  /// Likelihood of the text under the unchanged model.
  public let likelihood: TextLikelihood
  /// Costs of the removals, or swaps, of one group, which begin with this one.
  public let firstRemoval: Int
  public let costs: [RemovalCost]
}

extension LlamaModel {
  /// Removes parts of the model, each in a run of its own, and reports what it costs on every text, from one reading of
  /// the weights for a group of texts.
  ///
  /// The texts and their copies in all changed models pass each block together, and what precedes a removal is computed
  /// once. Every number is bit-identical to that of the changed model run alone (``edited(by:)``), whatever the other
  /// texts and removals, their order, the threads and the groups.
  /// - Parameters:
  ///   - texts: token ids, including a BOS token if the model expects one.
  ///   - removals: removals to try; blocks are places in the model's program.
  ///   - base: parts that are removed from every stream: the unchanged model is then the one without them, and each
  ///     removal is tried on that. Nil for none.
  ///   - hasEffects: computes the effects on later blocks too, see ``RemovalCost/effects``.
  ///   - options: how the run uses the machine.
  ///   - observer: shown the unchanged model's streams, once for each text, see ``LayerObserver``.
  ///   - progress: called on the caller's thread after every block and the logits of every group, with the share of
  ///     the operations that is done. An error thrown here stops the run.
  ///   - receive: called for every text and group of removals, in the order of the plan, on the caller's thread.
  /// - Returns: the time that the threads spent, by phase.
  /// - Throws: ``RunError`` and ``EditError`` before any computation, `CancellationError` before the next block if the
  ///   calling task is cancelled, or an error of `observer`, `progress` or `receive`.
  @discardableResult
  public func ablate(
    _ texts: [[TokenID]], _ removals: [Removal], without base: Removal? = nil, hasEffects: Bool = false,
    options: RunOptions = RunOptions(), observer: inout some LayerObserver,
    progress: ((RunProgress) throws -> Void)? = nil, receive: (AblatedText) throws -> Void
  ) throws -> RunTiming {
    try ablate(
      texts, removals, without: base, means: [], hasEffects: hasEffects, options: options, observer: &observer,
      progress: progress, receive: receive)
  }

  /// As above, with vectors in place of what is removed.
  ///
  /// - Parameter means: for each text what removed attentions, MLPs and blocks add to the stream, except at a position 0 that
  ///   keeps its own; empty for nothing. Heads cannot be removed then.
  @discardableResult
  package func ablate(
    _ texts: [[TokenID]], _ removals: [Removal], without base: Removal? = nil, means: [MeanOutputs],
    hasEffects: Bool = false, options: RunOptions = RunOptions(), observer: inout some LayerObserver,
    progress: ((RunProgress) throws -> Void)? = nil, receive: (AblatedText) throws -> Void
  ) throws -> RunTiming {
    precondition(
      means.isEmpty
        || means.count == texts.count && means.allSatisfy { $0.fits(layers: spec.layerCount, width: spec.hiddenSize) },
      "means of other texts or another model")
    let changes = removals.map(StreamChange.removal)
    for change in changes + (base.map { [.removal($0)] } ?? []) { try check(change, hasMeans: !means.isEmpty) }
    return try ablate(
      texts, changes, without: base, means: means, hasEffects: hasEffects, options: options, &observer,
      progress: progress, receive: receive)
  }

  /// Runs texts with their streams of all changes.
  ///
  /// - Parameters:
  ///   - base: parts that all streams are without.
  ///   - weights: what swaps take; nil without any.
  ///   - means: for each text what removed parts add instead; empty for nothing.
  func ablate(
    _ texts: [[TokenID]], _ changes: [StreamChange], without base: Removal? = nil, from weights: SwapWeights? = nil,
    means: [MeanOutputs] = [], hasEffects: Bool, options: RunOptions, _ observer: inout some LayerObserver,
    progress: ((RunProgress) throws -> Void)?, receive: (AblatedText) throws -> Void
  ) throws -> RunTiming {
    for (text, tokens) in texts.enumerated() { try check(tokens, text: text) }
    let plan = try plan(
      texts.map(\.count), changes, without: base, from: weights, hasEffects: hasEffects, options: options)
    guard let rows = plan.groups.map(\.rows).max(), let longest = texts.map(\.count).max() else {
      return RunTiming(threads: options.threads)
    }
    let pass = ForwardPass(spec, self.weights, options, .sweep, rows: rows)
    pass.reserve(positions: longest, tokens: longest)
    let swapping = weights.map { weights in
      let rows = plan.groups.map { group in
        RemovalLayout.rows(group.texts.map { texts[$0].count }, copies: weights.copies, options)
      }
      return ForwardPass(like: pass, weights.weights, options, rows: rows.max() ?? 0)
    }
    let columns = BatchLinear.columns(of: self.weights.unembedding, options.library)
    let meter = RemovalWork(spec, changes, without: base)
    func tokens(_ group: RemovalPlan.Group) -> Int { group.texts.reduce(0) { $0 + texts[$1].count } }
    var done = 0.0
    let work = plan.groups.reduce(0) { $0 + meter.operations(tokens($1), $1.removals) }
    try BLAS.alone {
      for (number, group) in plan.groups.enumerated() {
        let layout = RemovalLayout(
          group.texts.map { ($0, texts[$0]) }, group.removals.map { ($0, changes[$0]) }, without: base,
          layers: spec.layerCount, means: means.isEmpty ? [] : group.texts.map { means[$0] }, options)
        let effects = hasEffects ? EffectSums(streams: layout.slots.count, layers: spec.layerCount) : nil
        let run = RemovalPass(
          pass: pass, layout: layout, effects: effects,
          swaps: swapping.map { SwapPass(pass: $0, main: pass, layout: layout) })
        func report(_ layer: Int, _ operations: Double) throws {
          done += operations
          try progress?(
            RunProgress(
              wave: number, waveCount: plan.groups.count, layer: layer, layerCount: spec.layerCount,
              fraction: done / work))
        }
        func finished(_ layer: Int) throws {
          try report(layer, meter.operations(tokens(group), group.removals, block: layer))
        }
        let hasNext = number + 1 < plan.groups.count
        if group.removals.lowerBound == 0 {
          try run.run(&observer, hasNext: hasNext, afterBlock: finished)
        } else {
          // Its text has been shown with the first group of removals.
          var nobody = NoObserver()
          try run.run(&nobody, hasNext: hasNext, afterBlock: finished)
        }
        let comparison = LogitComparison(layout, columns: columns)
        try pass.unembed(
          LogitRows(layout.batch(layout.slots.count, observesAll: false)), inOrder: true, comparison.add)
        try report(spec.layerCount - 1, meter.logits(tokens(group), group.removals))
        for (place, text) in group.texts.enumerated() {
          let streams = layout.slots.indices.filter { layout.sources[$0] == place && layout.removals[$0] != nil }
            .sorted { (layout.removals[$0] ?? 0) < (layout.removals[$1] ?? 0) }
          let costs = pass.workers.map(streams.count) { stream in
            let slot = streams[stream]
            return comparison.cost(ofStream: slot, effects: effects?.effects(ofStream: slot) ?? [])
          }
          try receive(
            AblatedText(
              text: text, likelihood: TextLikelihood(tokens: comparison.tokens(ofStream: place)),
              firstRemoval: group.removals.lowerBound, costs: costs))
        }
      }
    }
    return pass.timing
  }

  /// Throws for a change of parts that the model does not have, and for a swap of a head or a span, or a mean of a head.
  ///
  /// - Parameter hasMeans: true if what is removed adds a mean.
  func check(_ change: StreamChange, hasMeans: Bool = false) throws(EditError) {
    for unit in change.units {
      guard spec.blocks.indices.contains(unit.layer) else {
        throw .noBlock(edit: change.name(unit), layer: unit.layer, layers: spec.layerCount)
      }
      if unit.part == .span { throw .conflict(change.name(unit), "swaps, which are of one block") }
      guard let head = unit.head else { continue }
      if change.swappedUnit != nil { throw .swappedHead(edit: change.name(unit)) }
      if hasMeans { throw .conflict(change.name(unit), "a mean in its place") }
      let heads = spec.blocks[unit.layer].attention.headCount
      if !(0..<heads).contains(head) { throw .noHead(edit: change.name(unit), head: head, heads: heads) }
    }
  }
}
