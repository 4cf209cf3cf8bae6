#if OneDNN && canImport(COneDNN)
  import COneDNN

  /// The one place that calls oneDNN: `C = A · Bᵀ` with factors in float32 or bfloat16 and float32 sums.
  ///
  /// Like CBLAS it computes on the calling thread; the work is split above (``Matmul``), which is faster here than
  /// oneDNN's own split. From 16 rows on, a row keeps its bits whatever stands beside it (measured with 2.6).
  ///
  /// Not to be used from two threads at once: every worker has one of its own.
  final class OneDNNMatmul {
    /// Why it is of no use here for a precision; nil where it is.
    static func unavailableReason(_ precision: Precision) -> String? {
      if engine == nil { return "oneDNN has no CPU engine" }
      // Without the instructions oneDNN computes too, but no faster than the alternative.
      let found = dnnl_get_effective_cpu_isa().rawValue
      switch precision {
      case .float32:
        return found >= dnnl_cpu_isa_avx512_core.rawValue ? nil : "the processor has no AVX-512 instructions"
      case .bfloat16:
        return found >= dnnl_cpu_isa_avx512_core_bf16.rawValue
          ? nil : "the processor has no bfloat16 instructions (AVX512_BF16)"
      }
    }

    /// The library and its version.
    static let description: String = {
      guard let version = dnnl_version()?.pointee else { return "oneDNN" }
      return "oneDNN \(version.major).\(version.minor).\(version.patch)"
    }()

    private nonisolated(unsafe) static let engine: dnnl_engine_t? = {
      var engine: dnnl_engine_t?
      return dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success ? engine : nil
    }()

    private struct Shape: Hashable {
      let m, n, k, stride: Int
    }

    /// A compiled product of one shape with its handles.
    private struct Compiled {
      let primitive: dnnl_primitive_t
      let a, b, c: dnnl_memory_t
    }

    private let type: dnnl_data_type_t
    private var stream: dnnl_stream_t?
    private var compiled: [Shape: Compiled] = [:]

    /// - Parameter precision: of both factors.
    init(_ precision: Precision) {
      type = precision == .bfloat16 ? dnnl_bf16 : dnnl_f32
      if let engine = Self.engine { dnnl_stream_create(&stream, engine, dnnl_stream_default_flags.rawValue) }
    }

    deinit {
      release()
      dnnl_stream_destroy(stream)
    }

    /// Row-major: `A` is `[m, k]`, `B` `[n, k]`, `C` `[m, n]` with rows `stride` apart. False where oneDNN refuses.
    func multiplyTransposed(
      m: Int, n: Int, k: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, into c: UnsafeMutablePointer<Float>,
      stride: Int
    ) -> Bool {
      // Per thread in OpenMP, and workers come and go.
      omp_set_num_threads(1)
      guard let product = product(Shape(m: m, n: n, k: k, stride: stride)) else { return false }
      dnnl_memory_set_data_handle(product.a, UnsafeMutableRawPointer(mutating: a))
      dnnl_memory_set_data_handle(product.b, UnsafeMutableRawPointer(mutating: b))
      dnnl_memory_set_data_handle(product.c, c)
      let arguments = [
        dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: product.a),
        dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS, memory: product.b),
        dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: product.c),
      ]
      return dnnl_primitive_execute(product.primitive, stream, Int32(arguments.count), arguments) == dnnl_success
        && dnnl_stream_wait(stream) == dnnl_success
    }

    private func product(_ shape: Shape) -> Compiled? {
      if let known = compiled[shape] { return known }
      // Waves differ in their rows; a few shapes per weight are enough to keep.
      if compiled.count >= 64 { release() }
      let made = compile(shape)
      compiled[shape] = made
      return made
    }

    private func compile(_ shape: Shape) -> Compiled? {
      guard let engine = Self.engine else { return nil }
      func description(_ rows: Int, _ columns: Int, _ type: dnnl_data_type_t, _ strides: [Int]) -> dnnl_memory_desc_t? {
        var description = dnnl_memory_desc_t()
        let (sizes, strides) = ([Int64(rows), Int64(columns)], strides.map(Int64.init))
        let status = dnnl_memory_desc_init_by_strides(&description, 2, sizes, type, strides)
        return status == dnnl_success ? description : nil
      }
      // The weight is stored `[n, k]` and read as its transpose.
      guard var a = description(shape.m, shape.k, type, [shape.k, 1]),
        var b = description(shape.k, shape.n, type, [1, shape.k]),
        var c = description(shape.m, shape.n, dnnl_f32, [shape.stride, 1])
      else { return nil }
      var operation = dnnl_matmul_desc_t()
      var plan: dnnl_primitive_desc_t?
      var primitive: dnnl_primitive_t?
      guard dnnl_matmul_desc_init(&operation, &a, &b, nil, &c) == dnnl_success,
        dnnl_primitive_desc_create(&plan, &operation, nil, engine, nil) == dnnl_success
      else { return nil }
      defer { dnnl_primitive_desc_destroy(plan) }
      guard dnnl_primitive_create(&primitive, plan) == dnnl_success, let primitive else { return nil }
      func memory(_ description: inout dnnl_memory_desc_t) -> dnnl_memory_t? {
        var memory: dnnl_memory_t?
        return dnnl_memory_create(&memory, &description, engine, nil) == dnnl_success ? memory : nil
      }
      guard let aMemory = memory(&a), let bMemory = memory(&b), let cMemory = memory(&c) else { return nil }
      return Compiled(primitive: primitive, a: aMemory, b: bMemory, c: cMemory)
    }

    private func release() {
      for product in compiled.values {
        dnnl_primitive_destroy(product.primitive)
        for memory in [product.a, product.b, product.c] { dnnl_memory_destroy(memory) }
      }
      compiled.removeAll()
    }
  }
#else
  /// Stands in where the package is built without oneDNN.
  final class OneDNNMatmul {
    static func unavailableReason(_ precision: Precision) -> String? { "built without the package trait OneDNN" }
    static let description = "no oneDNN"

    init(_ precision: Precision) {}

    func multiplyTransposed(
      m: Int, n: Int, k: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, into c: UnsafeMutablePointer<Float>,
      stride: Int
    ) -> Bool { false }
  }
#endif
