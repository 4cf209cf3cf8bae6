import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

@Suite struct SummationTests {
  @Test(arguments: [1, 31, 64, 255, 511, 512, 576, 800, 1536, 2048, 4001, 5632, 8192, 28672])
  func `parts cover the inner dimension in order, begin at whole vectors and are neither short nor long`(count: Int) {
    let parts = Summation.parts(of: count, .float32)
    #expect(parts.first?.lowerBound == 0)
    #expect(parts.last?.upperBound == count)
    #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    #expect(parts.allSatisfy { $0.lowerBound % 32 == 0 && $0.count < 512 })
    #expect(parts.count == 1 || parts.allSatisfy { $0.count >= 256 })
    #expect(Summation.parts(of: count, .bfloat16) == [0..<count])
  }

  /// A model whose only block adds nothing but its MLP, and what that must be.
  private struct Layer {
    static let tokens: [TokenID] = [0, 3, 2]
    let (hidden, inner): (Int, Int)
    let folder: TemporaryFolder
    let embedding, gate, up, down: [Float]

    /// - Parameter isPlain: a token's embedding has one element that is not zero, so that only the product with `down_proj`
    ///   is a sum.
    init(hidden: Int, inner: Int, isPlain: Bool) throws {
      (self.hidden, self.inner) = (hidden, inner)
      folder = try TemporaryFolder()
      embedding = isPlain ? (0..<4 * hidden).map { $0 / hidden == $0 % hidden ? 1 : 0 } : Self.noise(4 * hidden, 1)
      gate = Self.noise(inner * hidden, 2)
      up = Self.noise(inner * hidden, 3)
      down = Self.noise(hidden * inner, 4)
      let narrow = [Float](repeating: 0, count: 32 * hidden)
      let ones = [Float](repeating: 1, count: hidden)
      let block = "model.layers.0."
      let tensors: [(String, [Int], [Float])] = [
        ("model.embed_tokens.weight", [4, hidden], embedding),
        (block + "input_layernorm.weight", [hidden], ones),
        (block + "self_attn.q_proj.weight", [32, hidden], narrow),
        (block + "self_attn.k_proj.weight", [32, hidden], narrow),
        (block + "self_attn.v_proj.weight", [32, hidden], narrow),
        (block + "self_attn.o_proj.weight", [hidden, 32], narrow),
        (block + "post_attention_layernorm.weight", [hidden], ones),
        (block + "mlp.gate_proj.weight", [inner, hidden], gate),
        (block + "mlp.up_proj.weight", [inner, hidden], up),
        (block + "mlp.down_proj.weight", [hidden, inner], down),
        ("model.norm.weight", [hidden], ones),
      ]
      var writer = try SafetensorsWriter(
        at: folder.url.appending(path: "model.safetensors"), tensors.map { ($0.0, .f32, $0.1) })
      for (_, _, values) in tensors { try writer.write(values.withUnsafeBytes { Array($0) }) }
      try writer.commit()
      try folder.write(
        """
        {"model_type": "llama", "hidden_size": \(hidden), "intermediate_size": \(inner), "num_hidden_layers": 1,
         "num_attention_heads": 1, "num_key_value_heads": 1, "head_dim": 32, "vocab_size": 4,
         "max_position_embeddings": 8, "rms_norm_eps": 1e-6, "hidden_act": "silu", "tie_word_embeddings": true}
        """, to: "config.json")
    }

    private static func noise(_ count: Int, _ seed: UInt64) -> [Float] {
      var generator = SplitMix64(seed: seed)
      return (0..<count).map { _ in generator.nextSigned() }
    }

    /// The MLP's output in double precision.
    var exact: [Double] {
      Self.tokens.flatMap { token in
        let row = embedding[Int(token) * hidden..<(Int(token) + 1) * hidden].map(Double.init)
        let scale = 1 / (row.reduce(0) { $0 + $1 * $1 } / Double(hidden) + 1e-6).squareRoot()
        let gated = (0..<inner).map { line -> Double in
          let (gate, up) = (Self.dot(gate, line, row) * scale, Self.dot(up, line, row) * scale)
          return gate / (1 + exp(-gate)) * up
        }
        return (0..<hidden).map { Self.dot(down, $0, gated) }
      }
    }

    private static func dot(_ matrix: [Float], _ line: Int, _ vector: [Double]) -> Double {
      matrix.withUnsafeBufferPointer { matrix in
        vector.withUnsafeBufferPointer { vector in
          var sum = 0.0
          for index in vector.indices where vector[index] != 0 {
            sum += Double(matrix[line * vector.count + index]) * vector[index]
          }
          return sum
        }
      }
    }

    /// The error of the MLP's output, root mean square relative to the output's.
    func error(_ library: MatrixLibrary) throws -> Double {
      var options = RunOptions(threads: 2)
      options.library = library
      var recorder = Recorder(sites: .mlp)
      try LlamaModel(directory: folder.url).run([Self.tokens], options: options, observer: &recorder)
      let found = try #require(recorder.values.values.first)
      let exact = exact
      try #require(found.count == exact.count)
      let squares = zip(found, exact).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
      return (squares / exact.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }
  }

  /// Those that compute float32 here. oneDNN takes other kernels where there is no AVX-512, with the same parts.
  static let libraries = MatrixLibrary.allCases.filter { $0.computes(.float32) }

  /// In one chain the error would be 1.1e-6, in oneDNN's own parts of 1,024 terms 6e-7.
  @Test(arguments: libraries)
  func `the error of a sum of 4,096 products is that of sums of a few hundred`(library: MatrixLibrary) throws {
    let error = try Layer(hidden: 512, inner: 4096, isPlain: true).error(library)
    #expect(error > 1e-8, "\(error)")
    #expect(error <= 4e-7, "\(error)")
  }

  /// Widths that can be packed for oneDNN and widths that cannot; SiLU and `up` come once, behind the whole sum.
  @Test(arguments: libraries, [(512, 1024), (544, 1000), (545, 1025)])
  func `an MLP of several parts is that in double precision`(library: MatrixLibrary, widths: (Int, Int)) throws {
    let error = try Layer(hidden: widths.0, inner: widths.1, isPlain: false).error(library)
    #expect(error > 1e-8, "\(error)")
    #expect(error <= 8e-7, "\(error)")
  }
}
