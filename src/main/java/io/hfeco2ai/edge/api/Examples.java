package io.hfeco2ai.edge.api;

/** Request bodies shown in the API description. A test sends each of them as it stands. */
final class Examples {

    static final String START = """
            {"project": "speech", "experiment": "baseline", "name": "whisper-small", "external_id": "slurm-4711",
             "node": "node-1", "boot_id": "boot-1", "pid": 4242, "tags": {"branch": "main"}, "params": {"lr": "0.001"}}""";
    static final String MEMBER = """
            {"node": "node-2", "boot_id": "boot-7", "rank": 1, "pid": 4243, "devices": ["GPU-0"]}""";
    static final String PROGRESS = """
            {"step": 100, "epoch": 0.5, "samples": 6400, "metrics": {"loss": 1.25}}""";
    static final String FINISH = """
            {"status": "FINISHED"}""";
    static final String MEASUREMENTS = """
            {"node": "node-1", "boot_id": "boot-1", "tool": "wattmeter/1.0", "measurements": [
              {"device": "GPU-0", "kind": "gpu", "start": "2026-01-05T10:00:00Z", "end": "2026-01-05T10:00:10Z",
               "energy_j": 2511.25, "quality": "measured", "source": "nvml", "boundary": "chip", "seq": 1}]}""";
    static final String GATE = """
            {"base": {"project": "speech", "experiment": "baseline", "tags": {"branch": "release"}},
             "change": {"project": "speech", "experiment": "baseline", "tags": {"branch": "faster"}},
             "per": "run", "tolerance_ratio": 0.05}""";

    static final String BUDGET = """
            {"name": "Speech, electricity", "project": "speech", "unit": "kwh", "period": "month", "limit": 250,
             "thresholds_percent": [80, 95], "on_exceeded": "warn"}""";

    private Examples() {}
}
