import java.util.Arrays;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.wire.DocumentContext;

/** Appends of 32 bytes to a Chronicle Queue: `FOLDER TICKS` prints a line of JSON. The last run counts: those before are for the compiler. */
public final class ChronicleAppends {
    private static final int RUNS = 3;

    public static void main(String[] arguments) {
        int ticks = Integer.parseInt(arguments[1]);
        for (int run = 0; run < RUNS; run++) {
            try (ChronicleQueue queue = ChronicleQueue.single(arguments[0] + "/" + run);
                    ExcerptAppender appender = queue.createAppender()) {
                long begin = System.nanoTime();
                for (int number = 0; number < ticks; number++) {
                    append(appender, number);
                }
                double perSecond = ticks / ((System.nanoTime() - begin) / 1e9);
                int[] tookNs = new int[ticks];
                long before = System.nanoTime();
                for (int number = 0; number < ticks; number++) {
                    append(appender, number);
                    long now = System.nanoTime();
                    tookNs[number] = (int) Math.min(now - before, Integer.MAX_VALUE);
                    before = now;
                }
                Arrays.sort(tookNs);
                if (run == RUNS - 1) {
                    System.out.printf("{\"per_s\":%.0f,\"p50_ns\":%d,\"p999_ns\":%d}%n",
                            perSecond, tookNs[ticks / 2], tookNs[(int) (ticks * 0.999)]);
                }
            }
        }
    }

    /** The fields of a tick, as they stand in a tick file. */
    private static void append(ExcerptAppender appender, int number) {
        try (DocumentContext document = appender.writingDocument()) {
            Bytes<?> bytes = document.wire().bytes();
            bytes.writeLong(1 + number);
            bytes.writeInt(1);
            bytes.writeFloat(1.0f);
            bytes.writeFloat(1.0f);
            bytes.writeFloat(0.0f);
            bytes.writeInt(0);
            bytes.writeInt(number);
        }
    }
}
