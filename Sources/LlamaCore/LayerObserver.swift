/// The places of a block an observer can look at. What nobody asks for is not handed out.
///
/// | here | TransformerLens |
/// |---|---|
/// | `residualBefore` | `blocks.L.hook_resid_pre` |
/// | `attention` | `blocks.L.hook_attn_out` |
/// | `mlp` | `blocks.L.hook_mlp_out` |
/// | `residualAfter` | `blocks.L.hook_resid_post` |
///
/// `hook_resid_mid` is `residualBefore + attention`.
public struct LayerSites: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The residual stream `X` that enters the block. For block 0 it is the embedding.
  public static let residualBefore = LayerSites(rawValue: 1)
  /// The attention output `A`, after the output projection, as it is added to the stream.
  public static let attention = LayerSites(rawValue: 2)
  /// The MLP output `M`, as it is added to the stream.
  public static let mlp = LayerSites(rawValue: 4)
  /// The residual stream `Y = X + A + M` that leaves the block, before any final norm.
  public static let residualAfter = LayerSites(rawValue: 8)

  /// The stream on both sides of the block.
  public static let residual: LayerSites = [.residualBefore, .residualAfter]
  /// Every site.
  public static let all: LayerSites = [.residualBefore, .attention, .mlp, .residualAfter]
}

/// What one block did to one text. It cannot be stored: its values end with the call, and the compiler refuses.
///
/// Every site is row-major `[positions.count, hiddenSize]` in float32, and empty where it was not asked for.
public struct BlockTrace: ~Escapable {
  /// 0-based index of the block.
  public let layer: Int
  /// 0-based index of the text in the call that runs it, or of the sequence in its ``DecodingSession``.
  public let text: Int
  /// The token positions the rows stand for: `0..<tokens` in a full pass, `n..<n + 1` in a step of decoding.
  public let positions: Range<Int>
  /// Width of a row.
  public let hiddenSize: Int
  /// The residual stream entering the block, `X`.
  public let residualBefore: SiteValues
  /// The attention output, `A`.
  public let attention: SiteValues
  /// The MLP output, `M`.
  public let mlp: SiteValues
  /// The residual stream leaving the block, `Y = X + A + M`.
  public let residualAfter: SiteValues

  @_lifetime(copy residualBefore, copy attention, copy mlp, copy residualAfter)
  package init(
    layer: Int, text: Int, positions: Range<Int>, hiddenSize: Int,
    residualBefore: Span<Float>, attention: Span<Float>, mlp: Span<Float>, residualAfter: Span<Float>
  ) {
    self.layer = layer
    self.text = text
    self.positions = positions
    self.hiddenSize = hiddenSize
    self.residualBefore = SiteValues(residualBefore, width: hiddenSize)
    self.attention = SiteValues(attention, width: hiddenSize)
    self.mlp = SiteValues(mlp, width: hiddenSize)
    self.residualAfter = SiteValues(residualAfter, width: hiddenSize)
  }
}

/// Looks inside a forward pass, one block of one text at a time.
///
/// An observer is an argument of the call that runs the model, never state of the model, so that nothing
/// is left behind when the call returns. Its two requirements are called on the caller's thread, one call
/// at a time: `sites(at:)` once per block and wave before the block runs, then, unless it answered `[]`,
/// `observe(_:)` exactly once per block and text, blocks in ascending order and, within a block, texts in the
/// order they were given. With several waves (see ``RunOptions``) all blocks of one wave's texts come before
/// those of the next wave. A ``DecodingSession`` calls it in the same way, for prompts and for every step. Results of the run
/// do not depend on who observes.
public protocol LayerObserver {
  /// Which sites of block `layer` are wanted; `[]` for a block that is of no interest.
  func sites(at layer: Int) -> LayerSites
  /// Receives what a block did to one text. An error thrown here stops the run and reaches its caller.
  mutating func observe(_ block: borrowing BlockTrace) throws
}

/// An observer that looks at texts by themselves, so that several threads can look at once.
///
/// A run takes the observer's ``examine`` and calls it from any of its threads, several at a time, and then
/// ``gather(_:layer:text:positions:)`` on the caller's thread, one finding at a time in the order ``LayerObserver`` promises.
/// Use it where looking is what takes time; `observe(_:)`, which does one after the other, comes with it.
public protocol ConcurrentLayerObserver: LayerObserver {
  /// What looking at a block of a text brings.
  associatedtype Finding: Sendable
  /// Looks at what a block did to one text. An error thrown here stops the run and reaches its caller.
  var examine: @Sendable (_ block: borrowing BlockTrace) throws -> Finding { get }
  /// Takes in what ``examine`` found.
  mutating func gather(_ finding: Finding, layer: Int, text: Int, positions: Range<Int>) throws
}

extension ConcurrentLayerObserver {
  public mutating func observe(_ block: borrowing BlockTrace) throws {
    let finding = try examine(block)
    try gather(finding, layer: block.layer, text: block.text, positions: block.positions)
  }
}

/// Several observers in one run. Each is called for every block that any of them asks for, in the order of the list,
/// and handed the union of their sites.
public struct ObserverGroup: LayerObserver {
  /// The members, with what they have gathered.
  public var observers: [any LayerObserver]

  /// A group of `observers`, which are called in this order.
  public init(_ observers: [any LayerObserver]) { self.observers = observers }

  public func sites(at layer: Int) -> LayerSites {
    observers.reduce(into: []) { $0.formUnion($1.sites(at: layer)) }
  }

  public mutating func observe(_ block: borrowing BlockTrace) throws {
    for index in observers.indices { try observers[index].observe(block) }
  }
}

/// Asks for nothing and sees nothing.
public struct NoObserver: LayerObserver {
  /// An observer without state.
  public init() {}
  public func sites(at layer: Int) -> LayerSites { [] }
  public mutating func observe(_ block: borrowing BlockTrace) {}
}
