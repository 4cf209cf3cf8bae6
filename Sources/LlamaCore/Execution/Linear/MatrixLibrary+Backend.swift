extension MatrixLibrary {
  /// How this library multiplies.
  var backend: any GEMMBackend {
    switch self {
    case .cblas: CBLASBackend()
    case .oneDNN: OneDNNBackend()
    }
  }
}
