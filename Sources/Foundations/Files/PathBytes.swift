// A path as the system represents it: bytes that need not be UTF-8, and that a `String` or a `URL` would change.

extension [UInt8] {
  /// The path, null-terminated for system calls.
  package var terminated: [CChar] { map(CChar.init(bitPattern:)) + [0] }

  /// The path for messages; bytes that are not UTF-8 appear as `\xE9`.
  package var pathText: String {
    if let text = String(validating: self, as: UTF8.self) { return text }
    var text = ""
    var rest = self[...]
    while !rest.isEmpty {
      // The longest valid UTF-8 scalar.
      if let scalar = (1...4).lazy.compactMap({ String(validating: rest.prefix($0), as: UTF8.self) }).first {
        text += scalar
        rest = rest.dropFirst(scalar.utf8.count)
      } else {
        let digits = String(rest.removeFirst(), radix: 16, uppercase: true)
        text += "\\x" + digits
      }
    }
    return text
  }
}
