import exchange.core2.collections.objpool.ObjectsPool;
import exchange.core2.core.common.CoreSymbolSpecification;
import exchange.core2.core.common.MatcherEventType;
import exchange.core2.core.common.MatcherTradeEvent;
import exchange.core2.core.common.OrderAction;
import exchange.core2.core.common.OrderType;
import exchange.core2.core.common.SymbolType;
import exchange.core2.core.common.cmd.OrderCommand;
import exchange.core2.core.common.config.LoggingConfiguration;
import exchange.core2.core.orderbook.IOrderBook;
import exchange.core2.core.orderbook.OrderBookDirectImpl;
import exchange.core2.core.orderbook.OrderBookEventsHelper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** exchange-core's direct book over the flow of `flow.rs`, answering the same lines as `main.rs`. Arguments: flow file, opening orders. */
final class ExchangeCoreBook {
    private static final int OP_BYTES = 32;
    private static final int LIMIT = 0, CANCEL = 1, MOVE = 2;
    private static final int BUY = 1;
    private static final long HIGHEST_PRICE = 1L << 60;

    private final ByteBuffer flow;
    private final int opening;
    /** How long each operation took in each round of `latency`. */
    private final List<int[]> rounds = new ArrayList<>();

    private ExchangeCoreBook(ByteBuffer flow, int opening) {
        this.flow = flow;
        this.opening = opening;
    }

    public static void main(String[] arguments) throws IOException {
        ByteBuffer flow = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[0]))).order(ByteOrder.LITTLE_ENDIAN);
        ExchangeCoreBook runs = new ExchangeCoreBook(flow, Integer.parseInt(arguments[1]));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            System.out.println(switch (words[0]) {
                case "fills" -> runs.fills();
                case "throughput" -> runs.throughput();
                case "latency" -> runs.latency(Long.parseLong(words[2]));
                default -> throw new IllegalArgumentException("not understood: " + line);
            });
        }
    }

    private String fills() {
        IOrderBook book = book();
        long count = 0;
        long digest = 0;
        for (OrderCommand command : commands()) {
            IOrderBook.processCommand(book, command);
            for (MatcherTradeEvent event = command.matcherEvent; event != null; event = event.nextEvent) {
                if (event.eventType == MatcherEventType.TRADE) {
                    count++;
                    digest = add(digest, command.orderId, event.matchedOrderId, event.price, event.size);
                }
            }
        }
        return String.format("{\"engine\": \"exchange-core\", \"fills\": %d, \"digest\": \"%s\"}", count, Long.toUnsignedString(digest));
    }

    private String throughput() {
        OrderCommand[] commands = commands();
        IOrderBook book = opened(commands);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long processor = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        for (int number = opening; number < commands.length; number++) {
            IOrderBook.processCommand(book, commands[number]);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double processorSeconds = (threads.getCurrentThreadCpuTime() - processor) / 1e9;
        int count = commands.length - opening;
        return String.format("{\"engine\": \"exchange-core\", \"ops_per_second\": %f, \"ops_per_processor_second\": %f}",
                count / seconds, count / processorSeconds);
    }

    /** As `latency` of `runs.rs`: how late each operation was, and how late it is by the median of the times that it took. */
    private String latency(long perSecond) {
        OrderCommand[] commands = commands();
        IOrderBook book = opened(commands);
        long[] late = new long[commands.length - opening];
        int[] took = new int[late.length];
        long start = System.nanoTime() + 1_000_000;
        long done = System.nanoTime();
        for (int number = 0; number < late.length; number++) {
            long due = start + dueNs(number, perSecond);
            long begun = done;
            while (begun < due) {
                Thread.onSpinWait();
                begun = System.nanoTime();
            }
            IOrderBook.processCommand(book, commands[opening + number]);
            done = System.nanoTime();
            late[number] = done - due;
            took[number] = (int) (done - begun);
        }
        rounds.add(took);
        long[] own = ownLateness(perSecond);
        Arrays.sort(late);
        Arrays.sort(own);
        return String.format("{\"engine\": \"exchange-core\", \"p50_ns\": %d, \"p99_ns\": %d, \"p999_ns\": %d, "
                + "\"own_p50_ns\": %d, \"own_p99_ns\": %d, \"own_p999_ns\": %d}",
                percentile(late, 0.5), percentile(late, 0.99), percentile(late, 0.999),
                percentile(own, 0.5), percentile(own, 0.99), percentile(own, 0.999));
    }

    /** An operation begins when it is due and the one before is done. */
    private long[] ownLateness(long perSecond) {
        long[] late = new long[rounds.get(0).length];
        long done = 0;
        for (int number = 0; number < late.length; number++) {
            int at = number;
            int[] times = rounds.stream().mapToInt(took -> took[at]).sorted().toArray();
            long due = dueNs(number, perSecond);
            done = Math.max(due, done) + times[times.length / 2];
            late[number] = done - due;
        }
        return late;
    }

    private static long dueNs(int number, long perSecond) {
        return number * 1_000_000_000L / perSecond;
    }

    private static long percentile(long[] sorted, double share) {
        return sorted[(int) ((sorted.length - 1) * share)];
    }

    private IOrderBook opened(OrderCommand[] commands) {
        IOrderBook book = book();
        for (int number = 0; number < opening; number++) {
            IOrderBook.processCommand(book, commands[number]);
        }
        return book;
    }

    private static IOrderBook book() {
        CoreSymbolSpecification symbol = CoreSymbolSpecification.builder()
                .symbolId(1).type(SymbolType.FUTURES_CONTRACT).baseCurrency(1).quoteCurrency(2).baseScaleK(1).quoteScaleK(1).build();
        return new OrderBookDirectImpl(symbol, ObjectsPool.createDefaultTestPool(), OrderBookEventsHelper.NON_POOLED_EVENTS_HELPER,
                LoggingConfiguration.DEFAULT);
    }

    /** All that is asked, in the engine's own form. */
    private OrderCommand[] commands() {
        OrderCommand[] commands = new OrderCommand[flow.capacity() / OP_BYTES];
        for (int number = 0; number < commands.length; number++) {
            commands[number] = command(number * OP_BYTES);
        }
        return commands;
    }

    private OrderCommand command(int at) {
        long id = flow.getLong(at + 8);
        long price = flow.getLong(at + 16);
        long size = flow.getLong(at + 24);
        OrderAction side = flow.get(at + 1) == BUY ? OrderAction.BID : OrderAction.ASK;
        OrderCommand command = switch (flow.get(at)) {
            case LIMIT -> OrderCommand.newOrder(OrderType.GTC, id, 1, price, price, size, side);
            case CANCEL -> OrderCommand.cancel(id, 1);
            case MOVE -> OrderCommand.update(id, 1, price);
            // A market order: immediate or cancel, at any price.
            default -> {
                long any = side == OrderAction.BID ? HIGHEST_PRICE : 1;
                yield OrderCommand.newOrder(OrderType.IOC, id, 1, any, any, size, side);
            }
        };
        command.symbol = 1;
        return command;
    }

    private static long add(long digest, long... parts) {
        for (long part : parts) {
            digest = Long.rotateLeft((digest ^ part) * 0x0000_0100_0000_01b3L, 5);
        }
        return digest;
    }
}
