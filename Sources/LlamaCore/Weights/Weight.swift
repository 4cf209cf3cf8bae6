/// One tensor of a checkpoint that can be computed with, still in its mapped file.
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

  /// Stands for a tensor that was not found, until the error that says so is thrown.
  static let absent = Weight()

  /// Rows: the first dimension.
  var rows: Int { shape.first ?? 0 }
  /// Elements of a row.
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

  /// Maps the pages of `rows`, reading what is not cached: one call instead of a fault every few pages.
  ///
  /// - Throws: ``FileError`` where the file has become shorter, or cannot be read.
  func pageIn(rows: Range<Int>) throws(FileError) { try file?.pageIn(place(of: rows)) }

  /// Where rows lie in the file.
  private func place(of rows: Range<Int>) -> Range<Int> {
    let rows = rows.clamped(to: 0..<self.rows)
    let start = range.lowerBound + rows.lowerBound * rowBytes
    return start..<start + rows.count * rowBytes
  }

  /// Bytes that would have to be read from the disk now.
  var uncachedBytes: Int { file?.uncachedBytes(range) ?? 0 }

  /// Asks the kernel to read the tensor ahead.
  func willNeed() { file?.willNeed(range) }

  /// Gives the tensor's pages back.
  func release() { file?.release(range) }

  /// Gives back the pages that hold nothing but `rows`.
  func release(rows: Range<Int>) { file?.release(place(of: rows)) }
}
