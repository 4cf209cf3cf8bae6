import Foundations

/// The JSON header of a safetensors file, parsed and validated against the size of the file.
///
/// Format and checks: the reference implementation (huggingface/safetensors), plus stricter checks: duplicate names,
/// negative, fractional or unknown fields, and implausibly large counts are refused too.
struct SafetensorsHeader {
  /// Tensors in byte order.
  let tensors: [TensorInfo]
  let metadata: [(key: String, value: String)]
  /// Offset of the first tensor byte in the file.
  let dataStart: Int

  /// Maximum header size of the reference implementation.
  static let maximumBytes = 100_000_000
  /// Maximum number of tensors, above that of the largest published checkpoints in all their files.
  static let maximumTensors = 1 << 18
  /// Maximum number of dimensions, the limit of PyTorch and numpy.
  static let maximumDimensions = 64
  /// Maximum number of entries of `__metadata__`. Known files have fewer than a hundred.
  static let maximumMetadata = 1 << 16

  /// - Throws: ``FileError`` or ``SafetensorsError``.
  init(_ file: RegularFile) throws {
    func failure(_ reason: SafetensorsError.Reason) -> SafetensorsError {
      SafetensorsError(file: file.path, reason: reason)
    }
    guard file.count >= 8 else { throw failure(.headerTooSmall(fileBytes: file.count)) }
    // Read rather than mapped, so that truncation cannot occur while it is parsed.
    let length = try file.bytes(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Self.maximumBytes else {
      throw failure(.headerTooLarge(bytes: length, limit: Self.maximumBytes))
    }
    let headerEnd = 8 + Int(length)
    guard headerEnd <= file.count else {
      throw failure(.invalidHeaderLength(bytes: length, available: file.count - 8))
    }
    let parsed: (tensors: [TensorInfo], metadata: [(key: String, value: String)])
    do {
      let bytes = try file.bytes(8..<headerEnd)
      // Checked separately from parsing, to distinguish invalid UTF-8 from invalid JSON like the reference.
      guard (try? UTF8Span(validating: bytes.span)) != nil else { throw failure(.invalidHeader) }
      do throws(JSONError) {
        parsed = try Self.parse(bytes.span)
      } catch {
        throw failure(.invalidHeaderDeserialization(error.description))
      }
    }
    do throws(SafetensorsError.Reason.Failure) {
      tensors = try Self.ordered(parsed.tensors, dataBytes: file.count - headerEnd)
    } catch {
      throw failure(error.reason)
    }
    metadata = parsed.metadata
    dataStart = headerEnd
  }

  private static func parse(_ bytes: Span<UInt8>) throws(JSONError) -> ([TensorInfo], [(key: String, value: String)]) {
    var reader = JSONReader(bytes, maximumDepth: 8)
    var tensors: [TensorInfo] = []
    var names: Set<ByteString> = []
    // A set that grows is filled several times over; few tensors take fewer bytes.
    names.reserveCapacity(min(maximumTensors, bytes.count / 64))
    tensors.reserveCapacity(min(maximumTensors, bytes.count / 64))
    var metadata: [(key: String, value: String)] = []
    var keys: Set<ByteString> = []
    try reader.beginObject()
    while let name = try reader.nextKey() {
      guard names.insert(ByteString(name)).inserted else { throw reader.duplicate(name) }
      if name.hasSameBytes(as: "__metadata__") {
        try reader.beginObject()
        while let key = try reader.nextKey() {
          guard metadata.count < maximumMetadata else {
            throw reader.error("__metadata__: expected at most \(maximumMetadata) entries, found more")
          }
          metadata.append((key, try reader.string()))
          guard keys.insert(ByteString(key)).inserted else { throw reader.duplicate(key) }
        }
      } else {
        guard tensors.count < maximumTensors else {
          throw reader.error("expected at most \(maximumTensors) tensors, found more")
        }
        tensors.append(try tensor(named: name, &reader))
      }
    }
    try reader.end()
    return (tensors, metadata)
  }

  private static func tensor(named name: String, _ reader: inout JSONReader) throws(JSONError) -> TensorInfo {
    var type: TensorType?
    var shape: [Int]?
    var offsets: [Int]?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch ByteString(key) {
      case "dtype" where type == nil:
        let found = try reader.string()
        type = TensorType(rawValue: found)
        if type == nil { throw reader.error("tensor \(name.clipped): unknown dtype \(found.quoted)") }
      case "shape" where shape == nil: shape = try sizes(&reader, in: name)
      case "data_offsets" where offsets == nil: offsets = try sizes(&reader, in: name)
      case "dtype", "shape", "data_offsets": throw reader.duplicate(key)
      default: throw reader.error("tensor \(name.clipped): unknown key \(key.quoted)")
      }
    }
    guard let type, let shape, let offsets else {
      let missing = type == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
      throw reader.error("tensor \(name.clipped): missing key \"\(missing)\"")
    }
    guard offsets.count == 2 else {
      throw reader.error("tensor \(name.clipped): expected two data_offsets, found \(offsets.count)")
    }
    guard offsets[0] <= offsets[1] else {
      throw reader.error(
        "tensor \(name.clipped): data_offsets end at \(offsets[1]), before they begin at \(offsets[0])")
    }
    return TensorInfo(name: name, type: type, shape: shape, byteRange: offsets[0]..<offsets[1])
  }

  private static func sizes(_ reader: inout JSONReader, in name: String) throws(JSONError) -> [Int] {
    var sizes: [Int] = []
    try reader.beginArray()
    while try reader.nextElement() {
      guard sizes.count < maximumDimensions else {
        throw reader.error("tensor \(name.clipped): expected at most \(maximumDimensions) sizes, found more")
      }
      let size = try reader.saturatingInteger()
      guard size >= 0 else {
        throw reader.error("tensor \(name.clipped): expected sizes of at least 0, found \(size)")
      }
      sizes.append(size)
    }
    return sizes
  }

  /// Returns the tensors in byte order, after checking that they tile the data without overlap or hole.
  private static func ordered(
    _ tensors: [TensorInfo], dataBytes: Int
  ) throws(SafetensorsError.Reason.Failure) -> [TensorInfo] {
    let sorted = tensors.sorted {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound, $0.name)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound, $1.name)
    }
    var end = 0
    for tensor in sorted {
      let range = tensor.byteRange
      guard range.lowerBound == end else {
        let fault = range.lowerBound < end ? "overlaps the tensor before it" : "leaves a hole before it"
        throw .init(
          reason: .invalidOffset(
            tensor: tensor.name, "\(fault): expected to begin at byte \(end), begins at \(range.lowerBound)"))
      }
      end = range.upperBound
      let expected = try bytes(of: tensor)
      guard expected == range.count else {
        throw .init(
          reason: .tensorInvalidInfo(
            tensor: tensor.name, bytes: range.count, expected: expected, summary: tensor.summary))
      }
    }
    guard end == dataBytes else {
      throw .init(reason: .metadataIncompleteBuffer(describedBytes: end, foundBytes: dataBytes))
    }
    return sorted
  }

  private static func bytes(of tensor: TensorInfo) throws(SafetensorsError.Reason.Failure) -> Int {
    var bits = tensor.type.bits
    for size in tensor.shape {
      let (product, overflow) = bits.multipliedReportingOverflow(by: size)
      if overflow { throw .init(reason: .validationOverflow(tensor: tensor.name, shape: tensor.shape)) }
      bits = product
    }
    guard bits % 8 == 0 else {
      throw .init(reason: .misalignedSlice(tensor: tensor.name, summary: tensor.summary))
    }
    return bits / 8
  }
}

extension SafetensorsError.Reason {
  /// A reason thrown by functions that do not know the file.
  struct Failure: Error {
    let reason: SafetensorsError.Reason
  }
}
