/// GPT-2's spelling of bytes: each of the 256 bytes is one printable character in a byte-level vocabulary.
///
/// Printable Latin-1 represents itself; the other bytes, in order, are U+0100 and up (a space is `Ġ`).
enum ByteAlphabet {
  /// The scalar value of each byte.
  static let scalars: [UInt16] = {
    var next: UInt16 = 256
    return (0..<256).map { (byte: UInt16) in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return byte
      default:
        defer { next += 1 }
        return next
      }
    }
  }()

  /// The byte of each scalar value below 324, or -1.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 324)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = Int16(byte) }
    return bytes
  }()

  /// Appends the bytes that a token spells. Returns false, with nothing appended, if it contains another character.
  static func appendBytes(of token: Span<UInt8>, to output: inout [UInt8]) -> Bool {
    let count = output.count
    var index = 0
    while index < token.count {
      let scalar = token.scalar(at: index)
      guard scalar.value < bytes.count, bytes[scalar.value] >= 0 else {
        output.removeSubrange(count...)
        return false
      }
      output.append(UInt8(bytes[scalar.value]))
      index += scalar.length
    }
    return true
  }
}
