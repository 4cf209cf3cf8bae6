/// Stopwatch in seconds.
struct Stopwatch {
  private let clock = ContinuousClock()
  let start: ContinuousClock.Instant
  private var last: ContinuousClock.Instant

  init() {
    start = clock.now
    last = start
  }

  /// Seconds since the last lap, or the start.
  mutating func lap() -> Double {
    let now = clock.now
    defer { last = now }
    return (now - last) / .seconds(1)
  }

  /// Seconds since the start.
  var total: Double { (clock.now - start) / .seconds(1) }
}
