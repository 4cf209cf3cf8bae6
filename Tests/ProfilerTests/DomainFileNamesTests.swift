import Foundation
import ProfileReport
import Testing

@Suite struct DomainFileNamesTests {
  @Test(arguments: [
    ("cpp", "cpp.csv"), ("C_x-1.2", "C_x-1.2.csv"), ("a b", "a%20b.csv"), ("../etc/passwd", "..%2Fetc%2Fpasswd.csv"),
    ("100%", "100%25.csv"), ("é", "%C3%A9.csv"), ("数", "%E6%95%B0.csv"), ("\u{0}\n", "%00%0A.csv"), ("", "%.csv"),
    (".", "..csv"), ("..", "...csv"), ("texts", "%74exts.csv"), ("TEXTS", "%54%45%58%54%53.csv"),
    ("Summary", "%53ummary.csv"), ("comparison", "%63omparison.csv"),
    ("massive", "%6Dassive.csv"), ("groups", "%67roups.csv"), ("texts2", "texts2.csv"),
    ("ablation_comparison", "%61blation_comparison.csv"), ("removal", "%72emoval.csv"),
    ("shape", "%73hape.csv"), ("Identification", "%49dentification.csv"),
  ])
  func `a domain's name becomes a file name`(domain: String, file: String) {
    #expect(DomainFileNames.names(of: [domain]) == [file])
  }

  @Test func `file names differ even where case is ignored`() {
    let domains = ["law", "Law", "LAW", "lAw", "texts", "Texts", "TEXTS", "%4Caw", "Lawyer", "é", "É", "e"]
    let files = DomainFileNames.names(of: domains)
    #expect(Set(files.map { $0.lowercased() }).count == domains.count)
    #expect(files.prefix(3) == ["%6Caw.csv", "%4Caw.csv", "%4C%41%57.csv"])
    #expect(files[8] == "Lawyer.csv")
    // Decoding gives the names back.
    #expect(files.map { $0.dropLast(4).removingPercentEncoding } == domains)
  }

  @Test func `a name too long for a file is cut, and told from others by a hash`() {
    let one = String(repeating: "数", count: 27)
    #expect(DomainFileNames.names(of: [String(repeating: "x", count: 236)]).first?.utf8.count == 240)
    // python3 -c "import hashlib; print(hashlib.sha256(('数' * 27).encode()).hexdigest()[:32])"
    let hash = "07ecf264286d3aba4c84f4b58eb0a9fa"
    #expect(
      DomainFileNames.names(of: [one]) == [String(repeating: "%E6%95%B0", count: 22) + "%E6~" + hash + ".csv"])
    let long =
      [one, one + "据", one + "d", String(repeating: "x", count: 237), String(repeating: "X", count: 237)]
      + (1..<5).map { String(repeating: "a", count: $0) + one }
    let files = DomainFileNames.names(of: long)
    #expect(Set(files.map { $0.lowercased() }).count == long.count)
    for file in files {
      #expect(file.utf8.count <= 240)
      #expect(file.hasSuffix(".csv"))
      // What stands before the hash decodes byte by byte.
      let ends = file.prefix { $0 != "~" }.suffix(2)
      #expect(!ends.contains("%"))
    }
  }
}
