using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Salus.Monitoring.Tests.Support;

/// <summary>A WebSocket as the transport of a SignalR client.</summary>
internal sealed class SocketConnection : ConnectionContext, IDuplexPipe
{
    private readonly ClientWebSocket socket;
    private readonly Pipe received = new();
    private readonly Pipe sent = new();
    private readonly Task[] loops;

    private SocketConnection(ClientWebSocket socket)
    {
        this.socket = socket;
        Transport = this;
        loops = [ReceiveAsync(), SendAsync()];
    }

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public PipeReader Input => received.Reader;

    public PipeWriter Output => sent.Writer;

    /// <summary>Ends as a network ends: without a word.</summary>
    public override void Abort(ConnectionAbortedException abortReason) => socket.Abort();

    public override async ValueTask DisposeAsync()
    {
        await sent.Writer.CompleteAsync();
        await loops[1];
        socket.Abort();
        await loops[0];
        socket.Dispose();
        await base.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await socket.ReceiveAsync(received.Writer.GetMemory(4096), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } part)
            {
                received.Writer.Advance(part.Count);
                await received.Writer.FlushAsync();
            }

            await received.Writer.CompleteAsync();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            await received.Writer.CompleteAsync(e);
        }
    }

    private async Task SendAsync()
    {
        try
        {
            ReadResult read;
            do
            {
                read = await sent.Reader.ReadAsync();
                foreach (var part in read.Buffer)
                {
                    await socket.SendAsync(part, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                }

                sent.Reader.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            await sent.Reader.CompleteAsync(e);
        }
    }

    /// <summary>Opens WebSockets with these headers.</summary>
    internal sealed class Factory(IReadOnlyDictionary<string, string> headers) : IConnectionFactory
    {
        /// <summary>The newest.</summary>
        public SocketConnection? Last { get; private set; }

        public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            var socket = new ClientWebSocket();
            foreach (var (name, value) in headers)
            {
                socket.Options.SetRequestHeader(name, value);
            }

            await socket.ConnectAsync(((UriEndPoint)endpoint).Uri, cancellationToken);
            return Last = new SocketConnection(socket);
        }
    }
}
