import Foundation
import Foundations
import LlamaCore

/// The kernels as closures, for the package in `Benchmarks`, which has no access to internal declarations.
///
/// Not part of the public interface: it may change with any commit.
@_spi(Benchmarks) public enum KernelBenchmarks {
  /// Amount of work, to which a kernel's time is related.
  public enum Work: Sendable {
    /// Numbers written.
    case elements(Int)
    /// Multiplications and additions.
    case operations(Int)
  }

  /// A kernel with its own buffers, in sizes of Llama 3.2 1B. Not thread-safe.
  public struct Kernel {
    /// Name of the kernel and the shape it runs on.
    public let name: String
    /// Amount of work of one call.
    public let work: Work
    /// Runs the kernel once. Buffer contents keep their magnitude over any number of calls, which avoids slow subnormal
    /// numbers.
    public let run: () -> Void
  }

  /// Elementwise kernels over rows.
  public static func vectorKernels() -> [Kernel] {
    [normalization(2048), softmax(2048), activation(8192), rounding(65536), widening(65536), rotation(heads: 32)]
  }

  /// One tile of a product with a weight, `[256, 256]` with 2,048 summands, for each library that supports it here.
  public static func products() -> [Kernel] {
    let (m, n, k) = (256, 256, 2048)
    let (a, b, c) = (noise(m * k), noise(n * k), FloatBuffer(m * n))
    func kernel(_ name: String, _ run: @escaping () -> Void) -> Kernel {
      Kernel(name: "Product \(name) \(m)x\(n)x\(k)", work: .operations(2 * m * n * k), run: run)
    }
    var kernels = [
      kernel("CBLAS float32") {
        BLAS.alone {
          BLAS.multiplyTransposed(
            m: m, n: n, k: k, a.pointer, stride: k, b.pointer, stride: k, into: c.pointer, stride: n)
        }
      }
    ]
    for precision in Precision.allCases where OneDNNMatmul.unavailableReason(precision) == nil {
      let (left, right) = (operand(a, rows: m, precision), operand(b, rows: n, precision))
      let library = OneDNNMatmul(precision)
      kernels.append(
        kernel("oneDNN \(precision)") {
          let isDone = library.multiplyTransposed(
            m: m, n: n, k: k, left.address, right.address, isPacked: false, into: c.pointer)
          precondition(isDone, "oneDNN refused a product")
        })
    }
    return kernels
  }

  private static func normalization(_ count: Int) -> Kernel {
    let (x, weight, output) = (noise(count), noise(count), FloatBuffer(count))
    return Kernel(name: "RMSNorm \(count)", work: .elements(count)) {
      Normalization.normalize(x.pointer, weight: weight.pointer, epsilon: 1e-5, count: count, into: output.pointer)
    }
  }

  private static func softmax(_ count: Int) -> Kernel {
    let scores = noise(count)
    return Kernel(name: "Softmax \(count)", work: .elements(count)) {
      _ = Softmax.unnormalized(scores.pointer, scale: 0.125, valid: count, count: count)
    }
  }

  private static func activation(_ count: Int) -> Kernel {
    // SiLU(-1) · (1 + e) = -1: the kernel overwrites its input with the same value.
    let (gate, up) = (FloatBuffer(count), FloatBuffer(count))
    gate.pointer.update(repeating: -1, count: count)
    up.pointer.update(repeating: Float(1 + exp(1.0)), count: count)
    return Kernel(name: "SwiGLU \(count)", work: .elements(count)) {
      GatedActivation.apply(.silu, gate.pointer, with: up.pointer, count: count)
    }
  }

  private static func rounding(_ count: Int) -> Kernel {
    let (input, output) = (noise(count), ActivationMatrix(rows: 1, columns: count, .bfloat16))
    return Kernel(name: "Rounding to bf16 \(count)", work: .elements(count)) {
      Rounding.round(input.pointer, into: output.address.assumingMemoryBound(to: UInt16.self), count: count)
    }
  }

  private static func widening(_ count: Int) -> Kernel {
    let (input, output) = (operand(noise(count), rows: 1, .bfloat16), FloatBuffer(count))
    return Kernel(name: "Widening of bf16 \(count)", work: .elements(count)) {
      let bytes = UnsafeRawBufferPointer(start: input.address, count: 2 * count)
      Widening.widen(bytes, of: .bf16, into: output.pointer)
    }
  }

  private static func rotation(heads: Int) -> Kernel {
    let (dimension, position) = (64, 1000)
    var table = RotaryTable(RotaryParameters(theta: 500_000, scaling: .default), headDimension: dimension)
    table.extend(to: position + 1)
    let (values, rotary) = (noise(heads * dimension), table)
    return Kernel(name: "RoPE \(heads)x\(dimension)", work: .elements(heads * dimension)) {
      rotary.rotate(values.pointer, count: heads, position: position)
    }
  }

  /// Returns reproducible numbers from -1 to 1.
  private static func noise(_ count: Int) -> FloatBuffer {
    let buffer = FloatBuffer(count)
    var generator = SplitMix64(seed: 1)
    for index in 0..<count { buffer.pointer[index] = generator.nextSigned() }
    return buffer
  }

  /// Returns the numbers as a factor of a product in `precision`.
  private static func operand(_ values: FloatBuffer, rows: Int, _ precision: Precision) -> ActivationMatrix {
    let columns = values.count / rows
    let operand = ActivationMatrix(rows: rows, columns: columns, precision)
    for row in 0..<rows { operand.store(values.pointer + row * columns, count: columns, row: row, column: 0) }
    return operand
  }
}
