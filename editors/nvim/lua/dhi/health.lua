-- :checkhealth dhi
local M = {}

local function program()
  local name = require('dhi').program()
  local path = vim.fn.exepath(name)
  if path == '' then
    vim.health.error(name .. ' is not on PATH', { 'install dhi-ls', "or name it: require('dhi').setup({ cmd = { '/path/of/dhi-ls', 'serve' } })" })
    return
  end
  local result = vim.system({ path, 'version' }, { text = true }):wait(5000)
  if result.code == 0 then
    vim.health.ok(('%s, %s'):format(path, vim.trim(result.stdout)))
  else
    vim.health.error(path .. ' does not run: ' .. vim.trim(result.stderr or ''))
  end
end

local function clients()
  local list = vim.lsp.get_clients({ name = 'dhi_ls' })
  if #list == 0 then
    vim.health.info('no server runs: it starts with the first definition')
  end
  for _, client in ipairs(list) do
    local buffers = vim.tbl_keys(client.attached_buffers)
    vim.health.ok(('client %d serves %d buffers, root %s'):format(client.id, #buffers, client.root_dir or client.config.root_dir or 'none'))
  end
end

local function configured()
  if vim.lsp.config and vim.lsp.is_enabled then
    if vim.lsp.is_enabled('dhi_ls') then
      vim.health.ok('dhi_ls is enabled')
    else
      vim.health.warn('dhi_ls is not enabled', { "vim.lsp.enable('dhi_ls')" })
    end
  elseif #vim.api.nvim_get_autocmds({ event = 'FileType', pattern = 'yaml.dhi' }) > 0 then
    vim.health.ok('set up')
  else
    vim.health.warn('not set up', { "require('dhi').setup()" })
  end
end

function M.check()
  vim.health.start('dhi')
  if vim.fn.has('nvim-0.10') == 1 then
    vim.health.ok('Neovim ' .. tostring(vim.version()))
  else
    vim.health.error('Neovim 0.10 or later is needed')
    return
  end
  program()
  configured()
  clients()
  local status = require('dhi.status').last
  if status and status.index then
    vim.health.info(('%d package indexes%s'):format(status.index.repositories, status.index.stale and ', stale' or ''))
  end
end

return M
