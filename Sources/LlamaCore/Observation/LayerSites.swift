/// The sites of a block that can be observed. Only requested sites are passed to an observer.
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
  /// The attention output `A`, after the output projection, as added to the stream.
  public static let attention = LayerSites(rawValue: 2)
  /// The MLP output `M`, as added to the stream.
  public static let mlp = LayerSites(rawValue: 4)
  /// The residual stream `Y = X + A + M` that leaves the block, before any final norm.
  public static let residualAfter = LayerSites(rawValue: 8)

  /// The stream before and after the block.
  public static let residual: LayerSites = [.residualBefore, .residualAfter]
  /// All sites.
  public static let all: LayerSites = [.residualBefore, .attention, .mlp, .residualAfter]
}
