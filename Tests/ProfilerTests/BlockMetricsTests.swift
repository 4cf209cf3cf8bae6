import Foundations
import Profiler
import Testing

/// A case of `Fixtures/profiler/block_metrics.json`.
struct BlockCase: CustomTestStringConvertible, Sendable {
  let json: JSONValue

  static func load() throws -> [BlockCase] {
    try (ProfilerFixtures.json("block_metrics.json").array ?? []).map(BlockCase.init)
  }

  var testDescription: String { json["name"]?.string ?? "?" }

  func number(_ key: String) throws -> Double { try #require(json[key]?.double, "\(key)") }

  func inputs() throws -> BlockInputs {
    var generator = InputGenerator(seed: UInt64(try number("seed")))
    let tokens = Int(try number("tokens"))
    let hiddenSize = Int(try number("hidden"))
    func array(_ site: String) throws -> [Float] {
      generator.array(
        rows: tokens, columns: hiddenSize, scale: try number("\(site)_scale"), offset: try number("\(site)_offset"),
        firstRowFactor: try number("\(site)_first"))
    }
    return BlockInputs(
      hiddenSize: hiddenSize, before: try array("x"), attention: try array("a"), mlp: try array("m"))
  }

  /// The expected row of a scope; nil where there is none.
  func row(_ scope: Scope) throws -> BlockMetrics? {
    let row = try #require(json[scope.rawValue])
    if row.isNull { return nil }
    return BlockMetrics { row[$0.rawValue]?.double ?? .nan }
  }
}

@Suite struct BlockMetricsTests {
  @Test(arguments: try BlockCase.load())
  func `every metric agrees with numpy in extended precision`(block: BlockCase) throws {
    let profile = try block.inputs().profile()
    for scope in Scope.allCases {
      let rows = profile.rows(scope)
      guard let expected = try block.row(scope) else {
        #expect(rows.isEmpty)
        continue
      }
      let found = try #require(rows.first)
      #expect(rows.count == 1)
      for metric in Metric.standard {
        // A mean may cancel, so its yardstick is `abs_mean`. A rounding of the cosine moves `1 - cos` by as much, and a
        // small angle by as much divided by the angle. A double holds Δ to half a unit, which shows where Δ is large
        // against its spread.
        let scale = metric == .mean ? expected[.absMean] : abs(expected[metric])
        let floor =
          switch metric {
          case .standardDeviation: Double.ulpOfOne / 2 * expected[.absMean]
          case .blockInfluence, .attentionInfluence, .mlpInfluence: 1e-15
          // A cosine of many signs may cancel: its yardstick is 1.
          case .cosine, .attentionCosine, .mlpCosine: 1e-15
          case .angularDistance: 1e-15 / (.pi * .pi * expected[metric])
          default: 0.0
          }
        let difference = abs(found[metric] - expected[metric])
        #expect(
          difference <= 1e-12 * scale + floor,
          "\(scope.rawValue) \(metric.rawValue): expected \(expected[metric]), found \(found[metric])")
      }
    }
  }

  @Test func `a block that changes nothing has an influence and an angle of exactly zero`() throws {
    let before = BlockInputs(tokens: 5, hiddenSize: 77, seed: 1).before
    let zeros = [Float](repeating: 0, count: before.count)
    let row = try #require(
      try BlockInputs(hiddenSize: 77, before: before, attention: zeros, mlp: zeros).profile().rows(.all).first)
    for metric in Metric.standard where ![.residualMaxAbs, .residualNorm].contains(metric) {
      #expect(row[metric] == 0, "\(metric)")
    }
    #expect(row[.residualMaxAbs] == Double(before.map(abs).max() ?? 0))
  }

  /// Sites of one token of width 2, and the expected cosines and influences; nil where not defined.
  struct ZeroCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let sites: (before: [Float], attention: [Float], mlp: [Float])
    let expected: [(Metric, Double?)]
  }

  private static let zeroCases = [
    ZeroCase(
      testDescription: "attention adds nothing", sites: ([3, 4], [0, 0], [4, -3]),
      expected: [
        (.attentionCosine, 0), (.attentionInfluence, 0), (.mlpCosine, 0), (.mlpInfluence, 1 - 1 / 2.0.squareRoot()),
      ]),
    ZeroCase(
      testDescription: "the MLP adds nothing", sites: ([3, 4], [3, 4], [0, 0]),
      expected: [
        (.attentionCosine, 1), (.attentionInfluence, 0), (.mlpCosine, 0), (.mlpInfluence, 0), (.cosine, 1),
      ]),
    ZeroCase(
      testDescription: "the MLP undoes attention", sites: ([3, 4], [-1, 2], [1, -2]),
      expected: [(.cosine, 0), (.attentionCosine, 1 / 5.0.squareRoot())]),
    ZeroCase(
      testDescription: "the MLP erases the stream", sites: ([3, 4], [0, 0], [-3, -4]),
      expected: [(.cosine, -1), (.mlpCosine, -1), (.mlpInfluence, 1), (.residualNorm, 0)]),
    ZeroCase(
      testDescription: "the stream is zero", sites: ([0, 0], [3, 4], [3, 4]),
      expected: [(.cosine, nil), (.attentionCosine, nil), (.attentionInfluence, nil), (.mlpCosine, 1)]),
    ZeroCase(
      testDescription: "attention erases the stream", sites: ([3, 4], [-3, -4], [1, 1]),
      expected: [(.attentionCosine, -1), (.attentionInfluence, nil), (.mlpCosine, nil), (.mlpInfluence, nil)]),
  ]

  @Test(arguments: zeroCases)
  func `what is added may be zero, the stream may not`(zeros: ZeroCase) throws {
    let block = BlockInputs(
      hiddenSize: 2, before: zeros.sites.before, attention: zeros.sites.attention, mlp: zeros.sites.mlp)
    let row = try #require(try block.profile().rows(.all).first)
    for (metric, expected) in zeros.expected {
      guard let expected else {
        #expect(row[metric].isNaN, "\(metric): \(row[metric])")
        continue
      }
      #expect(abs(row[metric] - expected) <= 1e-15, "\(metric): \(row[metric]), not \(expected)")
    }
  }

  @Test func `a row does not depend on its neighbours`() throws {
    let block = BlockInputs(tokens: 6, hiddenSize: 50, seed: 2)
    let whole = try block.profile()
    var tail = block
    tail.start = 1
    tail.before.removeFirst(50)
    tail.attention.removeFirst(50)
    tail.mlp.removeFirst(50)
    tail.after.removeFirst(50)
    let alone = try tail.profile()
    #expect(alone.rows(.all) == whole.rows(.withoutFirstToken))
    #expect(alone.rows(.withoutFirstToken) == whole.rows(.withoutFirstToken))
  }

  @Test func `a text of one token has no row without its first token`() throws {
    let profile = try BlockInputs(tokens: 1, hiddenSize: 8, seed: 3).profile()
    #expect(profile.rows(.all).count == 1)
    #expect(profile.rows(.withoutFirstToken).isEmpty)
    #expect(profile.tokens == 1)
  }

  @Test func `the columns are named as the file contract says`() {
    #expect(
      Metric.allCases.map(\.rawValue).joined(separator: ",")
        == "mean,abs_mean,std,relative_norm,block_influence,angular_distance,attention_abs_mean,mlp_abs_mean,"
        + "attention_relative_norm,mlp_relative_norm,residual_max_abs,cosine,attention_cosine,mlp_cosine,"
        + "attention_influence,mlp_influence,residual_norm,nll,effective_rank,stable_rank,top_direction_share"
    )
    #expect(Metric.Group.allCases.flatMap(\.metrics) == Metric.allCases)
    #expect(Scope.allCases.map(\.rawValue) == ["all", "without_first_token", "without_sinks"])
  }
}
