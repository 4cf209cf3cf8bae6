/// How far a run is, told after every block of every wave.
public struct RunProgress: Sendable, Equatable {
  /// 0-based number of the wave.
  public let wave: Int
  /// Waves of the run.
  public let waveCount: Int
  /// 0-based index of the block that the wave has just been through.
  public let layer: Int
  /// Blocks that a wave goes through.
  public let layerCount: Int
  /// Share of the run that is done, from 0 to 1: tokens times blocks.
  public let fraction: Double
}
