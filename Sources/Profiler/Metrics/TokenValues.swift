/// Numbers of every token of one text at one block, as many as its metrics are computed from.
///
/// Kept for every token until the text's last block instead of its row, because the sinks are known only then.
struct TokenValues: Equatable {
  /// Number of tokens, `T`.
  let tokens: Int
  /// Elements of a row, `D`.
  private let width: Double
  /// Numbers by slot and token, `[slots, T]`.
  private var numbers: [Double]

  /// - Parameters:
  ///   - tokens: number of tokens, `T`.
  ///   - width: elements of a row, `D`.
  init(tokens: Int, width: Int) {
    self.tokens = tokens
    self.width = Double(width)
    numbers = Array(repeating: 0, count: Self.slots.count * tokens)
  }

  /// Stores the numbers of a token.
  mutating func set(_ token: Int, _ row: RowMoments) {
    var index = token
    for number in Self.slots {
      numbers[index] = number(row)
      index += tokens
    }
  }

  /// Computes the metrics of some tokens, of which there must be at least one; `nan` for metrics of other kinds.
  ///
  /// - Parameter chosen: indices of the tokens, ascending.
  func metrics(of chosen: some Collection<Int>) -> BlockMetrics {
    var result = BlockMetrics.undefined
    let count = Double(chosen.count)
    for (place, reduction, slot) in Self.layout {
      let first = slot * tokens
      switch reduction {
      case .tokenMean: result.values[place] = sum(first, chosen) / count
      case .elementMean: result.values[place] = sum(first, chosen) / (count * width)
      case .maximum:
        var maximum = 0.0
        for token in chosen where numbers[first + token] > maximum { maximum = numbers[first + token] }
        result.values[place] = maximum
      case .deviation: result.values[place] = (m2(first, chosen) / (count * width)).squareRoot()
      }
    }
    return result
  }

  /// Returns the sums over some tokens of which ``PositionSums`` consist, zeros for none.
  func sums(of chosen: some Collection<Int>) -> [Double] {
    Self.layout.flatMap { _, reduction, slot -> [Double] in
      let first = slot * tokens
      switch reduction {
      case .tokenMean: return [sum(first, chosen)]
      case .elementMean: return [sum(first, chosen) / width]
      case .maximum: return [chosen.reduce(0) { max($0, numbers[first + $1]) }]
      case .deviation: return [sum(first, chosen) / width, m2(first, chosen) / width]
      }
    }
  }

  private func sum(_ first: Int, _ chosen: some Collection<Int>) -> Double {
    var sum = 0.0
    for token in chosen { sum += numbers[first + token] }
    return sum
  }

  /// `Σ(element - mean)²` over the rows, merged row by row: the scatter of two groups is the sum of their scatters and a
  /// term for the distance of their means (Chan, Golub & LeVeque 1979).
  private func m2(_ first: Int, _ chosen: some Collection<Int>) -> Double {
    var (elements, mean, m2) = (0.0, 0.0, 0.0)
    for token in chosen {
      let distance = numbers[first + token] / width - mean
      let total = elements + width
      m2 += numbers[first + tokens + token] + distance * distance * (elements * width / total)
      mean += distance * (width / total)
      elements = total
    }
    return m2
  }

  /// Numbers kept of a token, in the order of the metrics.
  private static let slots = MetricDefinition.all.flatMap { definition -> [MetricMeasure.TokenNumber] in
    if case .tokens(_, let numbers) = definition.measure { numbers } else { [] }
  }

  /// Bytes kept of a token at one block.
  static let bytesPerToken = slots.count * MemoryLayout<Double>.stride

  /// For each metric of tokens its index in the table, its reduction and the first of its slots.
  private static let layout: [(place: Int, reduction: TokenReduction, slot: Int)] = {
    var slot = 0
    return MetricDefinition.all.enumerated().compactMap { place, definition in
      guard case .tokens(let reduction, let numbers) = definition.measure else { return nil }
      defer { slot += numbers.count }
      return (place, reduction, slot)
    }
  }()
}
