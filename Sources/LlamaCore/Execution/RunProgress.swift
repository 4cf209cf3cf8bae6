/// Progress of a run, reported after every block of every wave.
public struct RunProgress: Sendable, Equatable {
  /// 0-based number of the wave.
  public let wave: Int
  /// Number of waves in the run.
  public let waveCount: Int
  /// 0-based index of the block that the wave has just completed.
  public let layer: Int
  /// Number of blocks that a wave passes through.
  public let layerCount: Int
  /// Completed fraction of the run, from 0 to 1, measured in tokens times blocks.
  public let fraction: Double
}
