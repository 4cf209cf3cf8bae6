#if OneDNN && canImport(COneDNN)
  import COneDNN

  /// The only code that calls oneDNN: `C = A · Bᵀ` with factors in float32 or bfloat16 and float32 sums.
  ///
  /// Like CBLAS it computes on the calling thread; the work is split at a higher level (``BatchLinear``). `C` must be
  /// contiguous: otherwise oneDNN uses a slower kernel (408 against 432 GFLOP/s in bfloat16 on two cores of Zen 4). The
  /// bits of a row do not depend on the other rows (measured with 2.6, 1 to 256 rows).
  ///
  /// Not thread-safe: every worker has its own instance.
  package final class OneDNNMatmul {
    /// Returns true if oneDNN can compute in a precision, at any speed: in float32 on every processor.
    static func computes(_ precision: Precision) -> Bool {
      engine != nil && (precision == .float32 || unavailableReason(precision) == nil)
    }

    /// Returns the reason why oneDNN is of no use here for a precision; nil if it is.
    package static func unavailableReason(_ precision: Precision) -> String? {
      if engine == nil { return "oneDNN has no CPU engine" }
      // Without these instructions oneDNN also computes, but no faster than the alternative.
      let found = dnnl_get_effective_cpu_isa().rawValue
      switch precision {
      case .float32:
        return found >= dnnl_cpu_isa_avx512_core.rawValue ? nil : "the processor has no AVX-512 instructions"
      case .bfloat16:
        return found >= dnnl_cpu_isa_avx512_core_bf16.rawValue
          ? nil : "the processor has no bfloat16 instructions (AVX512_BF16)"
      }
    }

    /// Name and version of the library.
    static let description: String = {
      guard let version = dnnl_version()?.pointee else { return "oneDNN" }
      // Instruction set of the kernels, as bits of `dnnl_cpu_isa_t`: the last bits of a product depend on it.
      let instructions = String(dnnl_get_effective_cpu_isa().rawValue, radix: 16)
      return "oneDNN \(version.major).\(version.minor).\(version.patch), ISA \(instructions)"
    }()

    private nonisolated(unsafe) static let engine: dnnl_engine_t? = {
      var engine: dnnl_engine_t?
      return dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success ? engine : nil
    }()

    private struct Shape: Hashable {
      let m, n, k: Int
      /// True if `B` is in the order of ``Packing``.
      let isPacked: Bool
      /// True if the product is added to `C`.
      let isAdded: Bool
      var isGated = false
    }

    /// A compiled product of one shape with its handles.
    private struct Compiled {
      let primitive: dnnl_primitive_t
      /// `A`, `B`, `C`, and the factor of a gated product.
      let memories: [dnnl_memory_t]
    }

    private let type: dnnl_data_type_t
    private var stream: dnnl_stream_t?
    /// Compiled products by shape; nil for a shape that oneDNN refuses.
    private var compiled: [Shape: Compiled?] = [:]

    /// - Parameter precision: precision of both factors.
    package init(_ precision: Precision) {
      type = precision == .bfloat16 ? dnnl_bf16 : dnnl_f32
      if let engine = Self.engine { dnnl_stream_create(&stream, engine, dnnl_stream_default_flags.rawValue) }
    }

    deinit {
      release()
      dnnl_stream_destroy(stream)
    }

    /// Returns true if a weight `[n, k]` in the order of ``Packing`` can be used, which is 4 % faster.
    package func takesPacked(n: Int, k: Int, isAdded: Bool = false) -> Bool {
      Packing.fits(n: n, k: k)
        && Self.alone { product(Shape(m: 256, n: n, k: k, isPacked: true, isAdded: isAdded)) != nil }
    }

    /// Returns true if ``multiplyGated(m:n:k:_:_:isPacked:isAdded:up:into:)`` has a fast kernel for a shape.
    func knowsGated(m: Int, n: Int, k: Int, isPacked: Bool, isAdded: Bool) -> Bool {
      Self.alone { product(Shape(m: m, n: n, k: k, isPacked: isPacked, isAdded: isAdded, isGated: true)) != nil }
    }

    /// Computes `C = A · Bᵀ`, or `C += A · Bᵀ`, row-major: `A` is `[m, k]`, `B` `[n, k]` or packed, `C` `[m, n]`.
    /// Returns false if oneDNN refuses.
    package func multiplyTransposed(
      m: Int, n: Int, k: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, isPacked: Bool, isAdded: Bool = false,
      into c: UnsafeMutablePointer<Float>
    ) -> Bool {
      execute(Shape(m: m, n: n, k: k, isPacked: isPacked, isAdded: isAdded), [a, b, UnsafeRawPointer(c)])
    }

    /// Computes `C = SiLU(A · Bᵀ) · up`, or `C = SiLU(C + A · Bᵀ) · up`, `C` in the precision of the factors: the
    /// product fused with the gated activation of Llama's MLP. Returns false if oneDNN has no fast kernel for it.
    func multiplyGated(
      m: Int, n: Int, k: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, isPacked: Bool, isAdded: Bool,
      up: UnsafePointer<Float>, into c: UnsafeMutableRawPointer
    ) -> Bool {
      execute(
        Shape(m: m, n: n, k: k, isPacked: isPacked, isAdded: isAdded, isGated: true),
        [a, b, UnsafeRawPointer(c), UnsafeRawPointer(up)])
    }

    /// Calls `body` with one OpenMP thread, for which oneDNN plans and computes a product. The setting belongs to the
    /// calling thread, which may be the host's, and is restored.
    private static func alone<Result>(_ body: () -> Result) -> Result {
      let threads = omp_get_max_threads()
      if threads != 1 { omp_set_num_threads(1) }
      defer { if threads != 1 { omp_set_num_threads(threads) } }
      return body()
    }

    private func execute(_ shape: Shape, _ pointers: [UnsafeRawPointer]) -> Bool {
      Self.alone { product(shape).map { execute($0, shape, pointers) } ?? false }
    }

    private func execute(_ product: Compiled, _ shape: Shape, _ pointers: [UnsafeRawPointer]) -> Bool {
      let slots = [DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, Self.gateFactor(shape)]
      var arguments: [dnnl_exec_arg_t] = []
      for (index, memory) in product.memories.enumerated() {
        dnnl_memory_set_data_handle(memory, UnsafeMutableRawPointer(mutating: pointers[index]))
        arguments.append(dnnl_exec_arg_t(arg: slots[index], memory: memory))
      }
      return dnnl_primitive_execute(product.primitive, stream, Int32(arguments.count), arguments) == dnnl_success
        && dnnl_stream_wait(stream) == dnnl_success
    }

    private func product(_ shape: Shape) -> Compiled? {
      if let known = compiled[shape] { return known }
      // The last tile of a wave varies in its number of rows; keeping a few shapes per weight is sufficient.
      if compiled.count >= 256 { release() }
      let made = compile(shape)
      compiled[shape] = .some(made)
      return made
    }

    /// `DNNL_ARG_ATTR_MULTIPLE_POST_OP(i) | DNNL_ARG_SRC_1`, a macro in C: the second factor of the operation after the
    /// activation.
    private static func gateFactor(_ shape: Shape) -> Int32 {
      DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (shape.isAdded ? 3 : 2) | DNNL_ARG_SRC_1
    }

    private func compile(_ shape: Shape) -> Compiled? {
      guard let engine = Self.engine else { return nil }
      func description(_ rows: Int, _ columns: Int, _ type: dnnl_data_type_t, _ strides: [Int]) -> dnnl_memory_desc_t? {
        var description = dnnl_memory_desc_t()
        let (sizes, strides) = ([Int64(rows), Int64(columns)], strides.map(Int64.init))
        let status = dnnl_memory_desc_init_by_strides(&description, 2, sizes, type, strides)
        return status == dnnl_success ? description : nil
      }
      // The weight is stored as `[n, k]` and read as its transpose.
      guard var a = description(shape.m, shape.k, type, [shape.k, 1]),
        var b = shape.isPacked ? packed(shape) : description(shape.k, shape.n, type, [1, shape.k]),
        var c = description(shape.m, shape.n, shape.isGated ? type : dnnl_f32, [shape.n, 1]),
        var up = description(shape.m, shape.n, dnnl_f32, [shape.n, 1])
      else { return nil }
      var attributes: dnnl_primitive_attr_t?
      guard dnnl_primitive_attr_create(&attributes) == dnnl_success else { return nil }
      defer { dnnl_primitive_attr_destroy(attributes) }
      if shape.isAdded || shape.isGated, !Self.addOperations(of: shape, to: attributes, &up) { return nil }
      var operation = dnnl_matmul_desc_t()
      var plan: dnnl_primitive_desc_t?
      var primitive: dnnl_primitive_t?
      guard dnnl_matmul_desc_init(&operation, &a, &b, nil, &c) == dnnl_success,
        dnnl_primitive_desc_create(&plan, &operation, attributes, engine, nil) == dnnl_success
      else { return nil }
      defer { dnnl_primitive_desc_destroy(plan) }
      // Other kernels run the activation in a separate loop, some of them a thousand times slower.
      if shape.isGated || shape.isPacked, !Self.implementation(of: plan).hasPrefix("brg") { return nil }
      guard dnnl_primitive_create(&primitive, plan) == dnnl_success, let primitive else { return nil }
      var memories: [dnnl_memory_t] = []
      for var description in shape.isGated ? [a, b, c, up] : [a, b, c] {
        var memory: dnnl_memory_t?
        guard dnnl_memory_create(&memory, &description, engine, nil) == dnnl_success, let memory else { return nil }
        memories.append(memory)
      }
      return Compiled(primitive: primitive, memories: memories)
    }

    /// Returns the weight `[k, n]` in blocks of 16 or 32 by 64.
    private func packed(_ shape: Shape) -> dnnl_memory_desc_t? {
      var description = dnnl_memory_desc_t()
      let tag = type == dnnl_bf16 ? dnnl_BA16a64b2a : dnnl_BA16a64b
      let status = dnnl_memory_desc_init_by_tag(&description, 2, [Int64(shape.k), Int64(shape.n)], type, tag)
      return status == dnnl_success ? description : nil
    }

    /// Appends the operations after the product, in this order: the addition to `C`, after the sum over `k` is
    /// complete, then the gate.
    private static func addOperations(
      of shape: Shape, to attributes: dnnl_primitive_attr_t?, _ up: inout dnnl_memory_desc_t
    ) -> Bool {
      var operations: dnnl_post_ops_t?
      guard dnnl_post_ops_create(&operations) == dnnl_success else { return false }
      defer { dnnl_post_ops_destroy(operations) }
      if shape.isAdded, dnnl_post_ops_append_sum(operations, 1) != dnnl_success { return false }
      if shape.isGated {
        guard dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_swish, 1, 0) == dnnl_success,
          dnnl_post_ops_append_binary(operations, dnnl_binary_mul, &up) == dnnl_success
        else { return false }
      }
      return dnnl_primitive_attr_set_post_ops(attributes, operations) == dnnl_success
    }

    /// Returns the name of the selected kernel.
    private static func implementation(of plan: dnnl_primitive_desc_t?) -> String {
      var name: UnsafePointer<CChar>?
      let status = withUnsafeMutablePointer(to: &name) {
        dnnl_primitive_desc_query(plan, dnnl_query_impl_info_str, 0, UnsafeMutableRawPointer($0))
      }
      guard status == dnnl_success, let name else { return "" }
      return String(cString: name)
    }

    private func release() {
      for product in compiled.values.compactMap({ $0 }) {
        dnnl_primitive_destroy(product.primitive)
        for memory in product.memories { dnnl_memory_destroy(memory) }
      }
      compiled.removeAll()
    }
  }
#else
  /// Substitute for builds without oneDNN.
  package final class OneDNNMatmul {
    static func computes(_ precision: Precision) -> Bool { false }
    package static func unavailableReason(_ precision: Precision) -> String? {
      "built without the package trait OneDNN"
    }
    static let description = "no oneDNN"

    package init(_ precision: Precision) {}

    package func takesPacked(n: Int, k: Int, isAdded: Bool = false) -> Bool { false }

    func knowsGated(m: Int, n: Int, k: Int, isPacked: Bool, isAdded: Bool) -> Bool { false }

    package func multiplyTransposed(
      m: Int, n: Int, k: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, isPacked: Bool, isAdded: Bool = false,
      into c: UnsafeMutablePointer<Float>
    ) -> Bool { false }

    func multiplyGated(
      m: Int, n: Int, k: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, isPacked: Bool, isAdded: Bool,
      up: UnsafePointer<Float>, into c: UnsafeMutableRawPointer
    ) -> Bool { false }
  }
#endif
