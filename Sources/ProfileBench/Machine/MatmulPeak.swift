import Foundations
import LlamaCore
import Synchronization

/// Peak speed of matrix multiplication on this machine, the reference for the speed of a run.
///
/// Measured with products of the shape of a model's weight on all threads, without reading or widening weights. The
/// columns are split over the threads, as in `BatchLinear`, because the libraries compute on one thread here.
package enum MatmulPeak {
  /// The way a thread divides its share of the columns into calls.
  package enum Calls: String, Sendable, CaseIterable {
    /// A single call.
    case whole
    /// Calls of the size used in a run, whose results stay in the cache.
    case tiles
    /// Tiles as above, with the weight already in the order of `Packing`.
    case packed
  }

  /// Speed of one shape with one division into calls.
  package struct Measurement: Sendable {
    package let library: MatrixLibrary
    package let precision: Precision
    /// `[rows, inputs] · [columns, inputs]ᵀ`.
    package let rows, columns, inputs: Int
    package let calls: Calls
    /// 10⁹ operations per second, median, counting a multiplication and an addition as two operations.
    package let gigaflops: Double
  }

  /// Number of rows of the products, equal to those of a full wave.
  package static let rows = 2048
  /// Minimum measured time in seconds: products are repeated to reach it.
  private static let shortest = 0.03
  /// Limit in seconds after which no further runs of a measurement begin.
  private static let longest = 3.0

  /// Measures one shape with every division into calls that the library supports here; empty if it lacks the precision.
  /// - Parameters:
  ///   - columns: columns of the product, which are rows of the weight.
  ///   - inputs: columns of the weight.
  ///   - runs: maximum number of runs, whose median is reported.
  package static func measure(
    _ library: MatrixLibrary, _ precision: Precision, columns: Int, inputs: Int, threads: Int, runs: Int
  ) -> [Measurement] {
    switch library {
    case .cblas: if precision != .float32 { return [] }
    case .oneDNN: if OneDNNMatmul.unavailableReason(precision) != nil { return [] }
    }
    let product = Product(library, precision, columns: columns, inputs: inputs, threads: threads)
    return Calls.allCases.filter(product.knows).compactMap { calls in
      BLAS.alone { speed(of: product, calls, runs) }.map {
        Measurement(
          library: library, precision: precision, rows: rows, columns: columns, inputs: inputs, calls: calls,
          gigaflops: $0)
      }
    }
  }

  private static func speed(of product: Product, _ calls: Calls, _ runs: Int) -> Double? {
    let clock = ContinuousClock()
    var isDone = true
    func seconds(_ repeats: Int) -> Double {
      clock.measure { isDone = product.compute(calls, repeats: repeats) && isDone } / .seconds(1)
    }
    // The first call compiles kernels and touches memory.
    _ = seconds(1)
    let repeats = max(1, Int(shortest / max(seconds(1), 1e-6)))
    var times: [Double] = []
    while times.count < max(1, runs), times.reduce(0, +) < longest { times.append(seconds(repeats)) }
    times.sort()
    let middle = times.count / 2
    let median = times.count % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2
    return isDone && median > 0 ? product.operations * Double(repeats) / median * 1e-9 : nil
  }

  /// The factors, and the working state of each thread.
  private final class Product: @unchecked Sendable {
    private let library: MatrixLibrary
    private let columns, inputs: Int
    private let workers: Workers
    private let a, b: ActivationMatrix
    /// `b` in the order of `Packing`; nil if it cannot be packed.
    private let packed: ActivationMatrix?
    private let desks: [(product: OneDNNMatmul, result: FloatBuffer)]

    init(_ library: MatrixLibrary, _ precision: Precision, columns: Int, inputs: Int, threads: Int) {
      self.library = library
      self.columns = columns
      self.inputs = inputs
      workers = Workers(threads)
      a = Self.noise(rows: rows, columns: inputs, precision)
      b = Self.noise(rows: columns, columns: inputs, precision)
      let isPackable = library == .oneDNN && columns % Packing.width == 0 && Packing.fits(n: Self.tileSize, k: inputs)
      packed = isPackable ? ActivationMatrix(rows: columns, columns: inputs, precision) : nil
      if let packed {
        let rowBytes = inputs * precision.byteCount
        Packing.pack(b.address, n: columns, units: rowBytes / 4, rowBytes: rowBytes, into: packed.address)
      }
      let share = (columns + workers.count - 1) / workers.count + Packing.width
      desks = (0..<workers.count).map { _ in (OneDNNMatmul(precision), FloatBuffer(rows * share)) }
    }

    var operations: Double { 2 * Double(rows) * Double(columns) * Double(inputs) }

    /// Computes the product; returns false if oneDNN refuses.
    func compute(_ calls: Calls, repeats: Int) -> Bool {
      let refused = Atomic(false)
      workers.forEach(workers.count) { task, worker in
        let share = bound(task)..<bound(task + 1)
        for _ in 0..<repeats where !compute(share, calls, worker) { refused.store(true, ordering: .relaxed) }
      }
      return !refused.load(ordering: .relaxed)
    }

    /// Returns the first column of a thread.
    private func bound(_ task: Int) -> Int {
      task == workers.count ? columns : columns * task / workers.count / Packing.width * Packing.width
    }

    /// Returns false for tiles that equal a thread's whole share, and for weights that cannot be packed.
    func knows(_ calls: Calls) -> Bool {
      switch calls {
      case .whole: true
      case .tiles: library == .oneDNN || bound(1) > Self.tileColumns
      case .packed: packed != nil && desks[0].product.takesPacked(n: Self.tileSize, k: inputs)
      }
    }

    /// Maximum number of columns per CBLAS call in a run.
    private static let tileColumns = 512
    /// Maximum number of rows and columns per oneDNN call in a run.
    private static let tileSize = 256

    private func compute(_ share: Range<Int>, _ calls: Calls, _ worker: Int) -> Bool {
      let isWhole = calls == .whole
      let height = isWhole || library == .cblas ? rows : Self.tileSize
      let width = isWhole ? share.count : library == .cblas ? Self.tileColumns : Self.tileSize
      var isDone = true
      for column in stride(from: share.lowerBound, to: share.upperBound, by: max(1, width)) {
        let columns = min(width, share.upperBound - column)
        for row in stride(from: 0, to: rows, by: height) {
          isDone = multiply(m: height, n: columns, row, column, calls, worker) && isDone
        }
      }
      return isDone
    }

    private func multiply(
      m: Int, n: Int, _ row: Int, _ column: Int, _ calls: Calls, _ worker: Int
    ) -> Bool {
      let (product, result) = desks[worker]
      let packed = calls == .packed ? packed : nil
      let (a, b) = (a.row(row), (packed ?? b).row(column))
      switch library {
      case .oneDNN:
        return product.multiplyTransposed(
          m: m, n: n, k: inputs, a, b, isPacked: packed != nil, into: result.pointer)
      case .cblas:
        BLAS.multiplyTransposed(
          m: m, n: n, k: inputs, a.assumingMemoryBound(to: Float.self), stride: inputs,
          b.assumingMemoryBound(to: Float.self), stride: inputs, into: result.pointer, stride: n)
        return true
      }
    }

    /// Returns numbers from -1 to 1; zeros would use less power and might therefore be faster.
    private static func noise(rows: Int, columns: Int, _ precision: Precision) -> ActivationMatrix {
      let operand = ActivationMatrix(rows: rows, columns: columns, precision)
      var line = [Float](repeating: 0, count: columns)
      var generator = SplitMix64(seed: 1)
      for row in 0..<rows {
        for column in 0..<columns { line[column] = generator.nextSigned() }
        operand.store(line, count: columns, row: row, column: 0)
      }
      return operand
    }
  }
}
