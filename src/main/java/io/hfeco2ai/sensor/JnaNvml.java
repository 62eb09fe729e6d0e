package io.hfeco2ai.sensor;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * NVML through JNA. Function names, structures and return codes: NVIDIA's NVML API Reference. JNA is loaded with this class,
 * so it is only touched when the driver's library lies on the disk.
 */
final class JnaNvml implements Nvml {

    private static final int SUCCESS = 0;
    private static final int UNINITIALIZED = 1;
    private static final int NOT_FOUND = 6;
    private static final int INSUFFICIENT_SIZE = 7;

    private static final int TEXT_BYTES = 96;
    private static final int SAMPLE_BYTES = 32; // nvmlProcessUtilizationSample_t: u32 pid, u64 time, u32 sm mem enc dec
    private static final int PROCESS_BYTES = 24; // nvmlProcessInfo_t: u32 pid, u64 memory, u32 gpu and compute instance
    private static final int ATTRIBUTES_BYTES = 40; // nvmlDeviceAttributes_t: gpuInstanceSliceCount is its 7th u32
    private static final int SLICE_OFFSET = 24;

    private final NativeLibrary library;
    private final Map<String, Pointer> handles = new HashMap<>();
    private final LongByReference wide = new LongByReference();
    private final IntByReference narrow = new IntByReference();

    /** @param file the library's path */
    JnaNvml(String file) throws IOException {
        try {
            library = NativeLibrary.getInstance(file);
            check("nvmlInit_v2", call("nvmlInit_v2"));
        } catch (UnsatisfiedLinkError e) {
            throw new IOException("the NVIDIA library " + file + " cannot be loaded: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized List<Gpu> gpus() throws IOException {
        check("nvmlDeviceGetCount_v2", call("nvmlDeviceGetCount_v2", narrow));
        int count = narrow.getValue();
        List<Gpu> gpus = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            PointerByReference handle = new PointerByReference();
            if (call("nvmlDeviceGetHandleByIndex_v2", i, handle)
                    == SUCCESS) { // one that fell off the bus has no handle
                gpus.add(gpu(handle.getValue()));
            }
        }
        return gpus;
    }

    private Gpu gpu(Pointer handle) throws IOException {
        String uuid = text("nvmlDeviceGetUUID", handle);
        handles.put(uuid, handle);
        int limitMilliwatts = 0;
        IntByReference least = new IntByReference();
        if (call("nvmlDeviceGetPowerManagementLimitConstraints", handle, least, narrow) == SUCCESS
                || call("nvmlDeviceGetEnforcedPowerLimit", handle, narrow) == SUCCESS) {
            limitMilliwatts = narrow.getValue();
        }
        boolean counts = call("nvmlDeviceGetTotalEnergyConsumption", handle, wide) == SUCCESS;
        return new Gpu(uuid, text("nvmlDeviceGetName", handle), limitMilliwatts / 1e3, counts);
    }

    @Override
    public synchronized long energyMillijoules(String uuid) throws IOException {
        ask("nvmlDeviceGetTotalEnergyConsumption", uuid, wide);
        return wide.getValue();
    }

    @Override
    public synchronized long powerMilliwatts(String uuid) throws IOException {
        ask("nvmlDeviceGetPowerUsage", uuid, narrow);
        return narrow.getValue();
    }

    @Override
    public synchronized List<ProcessUse> processes(String uuid, long sinceMicros) throws IOException {
        Pointer handle = handle(uuid);
        IntByReference pending = new IntByReference();
        boolean split = call("nvmlDeviceGetMigMode", handle, narrow, pending) == SUCCESS && narrow.getValue() == 1;
        return split ? sliceProcesses(handle) : sampledProcesses(handle, sinceMicros);
    }

    private List<ProcessUse> sampledProcesses(Pointer handle, long sinceMicros) throws IOException {
        narrow.setValue(0);
        int code = call("nvmlDeviceGetProcessUtilization", handle, Pointer.NULL, narrow, sinceMicros);
        if (code == NOT_FOUND || narrow.getValue() == 0) {
            return List.of();
        }
        if (code != INSUFFICIENT_SIZE) {
            check("nvmlDeviceGetProcessUtilization", code);
        }
        Map<Long, Long> work = new HashMap<>();
        long all = 0;
        try (Memory samples = new Memory((long) SAMPLE_BYTES * narrow.getValue())) {
            code = call("nvmlDeviceGetProcessUtilization", handle, samples, narrow, sinceMicros);
            if (code == NOT_FOUND) {
                return List.of();
            }
            check("nvmlDeviceGetProcessUtilization", code);
            for (int i = 0; i < narrow.getValue(); i++) {
                long at = (long) i * SAMPLE_BYTES;
                long busy = samples.getInt(at + 16);
                work.merge((long) samples.getInt(at), busy, Long::sum);
                all += busy;
            }
        }
        List<ProcessUse> uses = new ArrayList<>();
        for (Map.Entry<Long, Long> entry : work.entrySet()) {
            uses.add(new ProcessUse(entry.getKey(), all == 0 ? 0 : entry.getValue() / (double) all));
        }
        return uses;
    }

    /** MIG tells no utilisation of a process: the slice it runs on stands for it, shared by the processes there. */
    private List<ProcessUse> sliceProcesses(Pointer board) throws IOException {
        List<ProcessUse> uses = new ArrayList<>();
        check("nvmlDeviceGetMaxMigDeviceCount", call("nvmlDeviceGetMaxMigDeviceCount", board, narrow));
        int slices = narrow.getValue();
        for (int i = 0; i < slices; i++) {
            PointerByReference slice = new PointerByReference();
            if (call("nvmlDeviceGetMigDeviceHandleByIndex", board, i, slice) == SUCCESS) {
                addSlice(slice.getValue(), slices, uses);
            }
        }
        return uses;
    }

    private void addSlice(Pointer slice, int slices, List<ProcessUse> uses) throws IOException {
        try (Memory attributes = new Memory(ATTRIBUTES_BYTES);
                Memory processes = new Memory(PROCESS_BYTES * 256L)) {
            check("nvmlDeviceGetAttributes_v2", call("nvmlDeviceGetAttributes_v2", slice, attributes));
            narrow.setValue(256);
            check(
                    "nvmlDeviceGetComputeRunningProcesses_v3",
                    call("nvmlDeviceGetComputeRunningProcesses_v3", slice, narrow, processes));
            int count = narrow.getValue();
            double part = attributes.getInt(SLICE_OFFSET) / (double) slices;
            for (int i = 0; i < count; i++) {
                uses.add(new ProcessUse(processes.getInt((long) i * PROCESS_BYTES), Math.min(1, part) / count));
            }
        }
    }

    /** Asks a board; after a failure its handle is fetched anew, for it may have come back or the driver been reloaded. */
    private void ask(String function, String uuid, Object answer) throws IOException {
        int code = call(function, handle(uuid), answer);
        if (code != SUCCESS) {
            handles.remove(uuid);
            if (code == UNINITIALIZED) {
                call("nvmlInit_v2");
            }
            check(function, code);
        }
    }

    private Pointer handle(String uuid) throws IOException {
        Pointer known = handles.get(uuid);
        if (known != null) {
            return known;
        }
        PointerByReference handle = new PointerByReference();
        check("nvmlDeviceGetHandleByUUID", call("nvmlDeviceGetHandleByUUID", uuid, handle));
        handles.put(uuid, handle.getValue());
        return handle.getValue();
    }

    private String text(String function, Pointer handle) throws IOException {
        try (Memory text = new Memory(TEXT_BYTES)) {
            check(function, call(function, handle, text, TEXT_BYTES));
            return text.getString(0, "UTF-8");
        }
    }

    private int call(String function, Object... arguments) {
        try {
            return library.getFunction(function).invokeInt(arguments);
        } catch (UnsatisfiedLinkError e) {
            return -1; // an older driver without this function
        }
    }

    private static void check(String function, int code) throws IOException {
        if (code != SUCCESS) {
            throw new IOException(
                    code == -1 ? "this driver has no " + function : function + " failed with code " + code);
        }
    }

    @Override
    public synchronized void close() {
        call("nvmlShutdown");
        handles.clear();
    }
}
