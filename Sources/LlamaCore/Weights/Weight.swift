import Foundations

/// One tensor of a checkpoint with a computable type, in its mapped file.
struct Weight: Sendable {
  private let file: MappedFile?
  private let range: Range<Int>
  let format: WeightFormat
  let shape: [Int]

  /// - Parameter rows: those of the tensor that are the weight, where several share it.
  init?(file: SafetensorsFile, tensor: TensorInfo, rows: Range<Int>) {
    guard let format = WeightFormat(tensor.type) else { return nil }
    self.file = file.file
    self.format = format
    shape = [rows.count] + tensor.shape.dropFirst()
    let whole = file.fileRange(of: tensor)
    let rowBytes = tensor.shape.dropFirst().reduce(1, *) * format.byteCount
    range = whole.lowerBound + rows.lowerBound * rowBytes..<whole.lowerBound + rows.upperBound * rowBytes
  }

  private init() {
    file = nil
    range = 0..<0
    format = .f32
    shape = []
  }

  /// Placeholder for a missing tensor, until the error is thrown.
  static let absent = Weight()

  /// Number of rows: the first dimension.
  var rows: Int { shape.first ?? 0 }
  /// Number of elements per row.
  var columns: Int { shape.dropFirst().reduce(1, *) }
  var byteCount: Int { range.count }
  /// Bytes of a row.
  var rowBytes: Int { columns * format.byteCount }

  /// Calls `body` with the bytes of `rows`, as stored.
  func withBytes<Result, Failure: Error>(
    rows: Range<Int>? = nil, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let file else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return try file.withBytes(place(of: rows ?? 0..<self.rows), body)
  }

  /// Maps the pages of `rows` and reads those that are not cached: one call instead of a page fault every few pages.
  ///
  /// - Throws: ``FileError`` if the file has become shorter, or cannot be read.
  func pageIn(rows: Range<Int>) throws(FileError) { try file?.pageIn(place(of: rows)) }

  /// Returns the byte range of rows in the file.
  private func place(of rows: Range<Int>) -> Range<Int> {
    let rows = rows.clamped(to: 0..<self.rows)
    let start = range.lowerBound + rows.lowerBound * rowBytes
    return start..<start + rows.count * rowBytes
  }

  /// Bytes that would have to be read from the disk now.
  var uncachedBytes: Int { file?.uncachedBytes(range) ?? 0 }

  /// Asks the kernel to prefetch the tensor.
  func willNeed() { file?.willNeed(range) }

  /// Releases the tensor's pages.
  func release() { file?.release(range) }

  /// Releases the pages that contain only `rows`.
  func release(rows: Range<Int>) { file?.release(place(of: rows)) }
}
