import Foundation

extension Metric {
  /// The mean over tokens of `arccos(cos(X_t, Y_t)) / π` (Gromov et al. 2024, who use the last token only).
  public static let angularDistance = Metric(.angularDistance)
}

extension MetricDefinition {
  static let angularDistance = MetricDefinition(
    "angular_distance",
    label: "angular distance",
    axis: "angle between X and Y, half turns",
    formula: "mean over tokens of arccos(cos(Xₜ, Yₜ)) / π",
    meaning: "The same turn as an angle: 0.5 is a right angle (Gromov et al. 2024, who take the last token only).",
    ranksBlocks: true,
    measure: .tokenMean { acos($0.streamCosine) / .pi })
}
