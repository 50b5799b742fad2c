using System.Diagnostics;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace ILGPU;

public sealed partial class Context
{
    /// <summary>Collects devices and settings of a context to be.</summary>
    public sealed class Builder : ContextProperties
    {
        internal Builder()
        {
        }

        internal List<Device> SelectedDevices { get; } = [];

        /// <summary>Adds all devices found.</summary>
        public Builder AllAccelerators() => AllAccelerators(_ => true);

        /// <summary>Adds all devices found that please.</summary>
        public Builder AllAccelerators(Predicate<Device> predicate)
        {
            ArgumentNullException.ThrowIfNull(predicate);
            if (predicate(CPUDevice.Default))
                SelectedDevices.Add(CPUDevice.Default);
            SelectedDevices.AddRange(CudaDevice.GetDevices(device => predicate(device)));
            SelectedDevices.AddRange(CLDevice.GetDevices(device => predicate(device)));
            return this;
        }

        /// <summary>Adds all devices found, with default settings.</summary>
        public Builder Default() => AllAccelerators();

        /// <summary>Turns assertions on.</summary>
        public Builder Assertions()
        {
            EnableAssertions = true;
            return this;
        }

        /// <summary>Turns assertions on when a debugger is attached.</summary>
        public Builder AutoAssertions() => Debugger.IsAttached ? Assertions() : this;

        /// <summary>Turns debugging on when a debugger is attached.</summary>
        public Builder AutoDebug() => Debugger.IsAttached ? Debug() : this;

        /// <summary>Turns assertions on and optimisation off.</summary>
        public Builder Debug() => Assertions().Optimize(OptimizationLevel.Debug);

        /// <summary>Turns optimisation on.</summary>
        public Builder Release() => Optimize(OptimizationLevel.Release);

        /// <summary>Chooses how much kernels are optimised.</summary>
        public Builder Optimize(OptimizationLevel level)
        {
            OptimizationLevel = level;
            return this;
        }

        /// <summary>Chooses how exact the functions of <c>XMath</c> are.</summary>
        public Builder Math(MathMode mathMode)
        {
            MathMode = mathMode;
            return this;
        }

        /// <summary>Chooses which calls are inlined. The compiled accelerators inline all.</summary>
        public Builder Inlining(InliningMode inliningMode)
        {
            InliningMode = inliningMode;
            return this;
        }

        /// <summary>Chooses what kernels may do with static fields.</summary>
        public Builder StaticFields(StaticFieldMode fieldMode)
        {
            StaticFieldMode = fieldMode;
            return this;
        }

        /// <summary>Chooses what kernels may do with static arrays.</summary>
        public Builder Arrays(ArrayMode arrayMode)
        {
            ArrayMode = arrayMode;
            return this;
        }

        /// <summary>Chooses what is kept for later.</summary>
        public Builder Caching(CachingMode cachingMode)
        {
            CachingMode = cachingMode;
            return this;
        }

        /// <summary>Chooses what kernels know of their source.</summary>
        public Builder DebugSymbols(DebugSymbolsMode debugSymbolsMode)
        {
            DebugSymbolsMode = debugSymbolsMode;
            return this;
        }

        /// <summary>Chooses when host memory is page-locked.</summary>
        public Builder PageLocking(PageLockingMode mode)
        {
            PageLockingMode = mode;
            return this;
        }

        /// <summary>Uses the functions of CUDA's libdevice where they are found. Ours has functions of its own and needs none.</summary>
        public Builder LibDevice() => this;

        /// <summary>The same, of two named files.</summary>
        public Builder LibDevice(string libNvvmPath, string libDevicePath)
        {
            ArgumentException.ThrowIfNullOrEmpty(libNvvmPath);
            ArgumentException.ThrowIfNullOrEmpty(libDevicePath);
            return LibDevice();
        }

        /// <summary>Turns profiling markers on.</summary>
        public Builder Profiling()
        {
            EnableProfiling = true;
            return this;
        }

        /// <summary>Checks the compiler's intermediate code after every step.</summary>
        public Builder Verify()
        {
            EnableVerifier = true;
            return this;
        }

        /// <summary>Lets kernels print.</summary>
        public Builder IOOperations()
        {
            EnableIOOperations = true;
            return this;
        }

        /// <summary>Lets kernels print when a debugger is attached.</summary>
        public Builder AutoIOOperations() => Debugger.IsAttached ? IOOperations() : this;

        /// <summary>Creates the context.</summary>
        public Context ToContext() => new(this);
    }
}
