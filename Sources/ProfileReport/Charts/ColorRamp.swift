/// Colour scale for numbers, in 64 steps.
package struct ColorRamp {
  /// Viridis, by Smith & van der Walt (2015): lightness and hue both increase, which suits colour-blind readers and
  /// greyscale print.
  package static let sequential = ColorRamp(stops: [
    0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C, 0xFDE725,
  ])
  /// Diverging scale around 0, in Okabe and Ito's blue and vermillion.
  package static let diverging = ColorRamp(stops: [0x0072B2, 0x6FAFD6, 0xF4F4F4, 0xEDA56B, 0xD55E00])

  private let stops: [Int]
  static let steps = 64

  /// Returns the gradient definition of the colour scale, which charts refer to by name.
  func definition(_ name: String) -> String {
    let parts = stops.indices.map { stop in
      let place = Double(stop) / Double(stops.count - 1)
      return
        "<stop offset=\"\(place)\" stop-color=\"\(color(step: Int((place * Double(Self.steps - 1)).rounded())))\"/>"
    }
    return "<linearGradient id=\"\(name)\">\(parts.joined())</linearGradient>"
  }

  /// Returns the step of a fraction from 0 to 1.
  package static func step(_ fraction: Double) -> Int {
    guard fraction > 0 else { return 0 }
    return fraction < 1 ? Int((fraction * Double(steps - 1)).rounded()) : steps - 1
  }

  /// Returns the colour of a step as `#rrggbb`.
  package func color(step: Int) -> String {
    let position = Double(step) / Double(Self.steps - 1) * Double(stops.count - 1)
    let low = min(stops.count - 2, Int(position))
    let rest = position - Double(low)
    var text = "#"
    for shift in [16, 8, 0] {
      let from = Double(stops[low] >> shift & 255)
      let to = Double(stops[low + 1] >> shift & 255)
      let value = Int((from + (to - from) * rest).rounded())
      text += (value < 16 ? "0" : "") + String(value, radix: 16)
    }
    return text
  }
}
